-- harm: breaks: the release writes and asks for 'paid'
alter type order_status rename value 'paid' to 'settled';
