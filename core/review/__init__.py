"""What a person reviews: an analysed episode read as plain data, quickly, for views and exports."""
