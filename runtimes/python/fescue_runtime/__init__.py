"""What runs inside a Python worker. Private: SDKs and packages use greengrass_common and greengrass_ipc_python_sdk."""
