-- harmless: a word in the catalog, used by a later release
alter type order_status add value if not exists 'returned' after 'shipped';
