-- How many rows does a query give, and what do they hash to in any order? It takes the place of the inner select.
select concat_ws(
  ' ',
  count(*),
  -- two hashes of 64 bits each are enough against chance
  sum(hashtextextended(answer.text collate "C", 0)::numeric),
  sum(hashtextextended(answer.text collate "C", 1)::numeric)
) as digest
from (
  select q::text as text
  from (select) as q
  -- keeps the text from being made for each of the hashes
  offset 0
) as answer;
