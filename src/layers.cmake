# (layers of src follow)
