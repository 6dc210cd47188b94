"""The faces as apps: what a device needs to install one, and to open it while there is no network."""
