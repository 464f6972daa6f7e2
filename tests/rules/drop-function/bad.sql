drop function one();
