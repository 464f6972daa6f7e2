drop domain points;
