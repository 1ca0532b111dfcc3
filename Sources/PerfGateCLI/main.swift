print("perfgate")
