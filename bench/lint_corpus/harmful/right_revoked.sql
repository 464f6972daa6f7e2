-- harm: breaks: the release writes orders as this role
revoke insert, update on orders from lint_corpus_shop;
