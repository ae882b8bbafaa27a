"""What runs inside a Python worker; private to the core. Packages use greengrass_common and greengrass_ipc_python_sdk."""
