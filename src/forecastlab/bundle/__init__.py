"""What is registered of a method: a folder of JSON, arrays and tables that foretells without another fit."""
