"""Helpers of the IPC client."""
