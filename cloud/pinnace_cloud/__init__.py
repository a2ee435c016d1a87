"""The controller: takes Applications, renders, splits, signs, delivers, takes reports in, and says where what runs."""
