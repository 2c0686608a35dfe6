"""From files of any format to numbered rows of texts, or typed rows, with an account of their lines."""
