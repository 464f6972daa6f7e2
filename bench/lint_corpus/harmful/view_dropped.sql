-- harm: breaks: the release reads the view
drop view open_orders;
