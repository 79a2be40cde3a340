"""Where the lab keeps things, and the addresses that every scenario shares."""
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent
CAP, TMP, BIN = HERE / "captures", HERE / "tmp", HERE / "bin"
PKI = TMP / "pki"

CLI, FW, SRV = "rlab-cli", "rlab-fw", "rlab-srv"
C_IP, S_IP = "198.51.100.10", "203.0.113.20"
PY = "/usr/bin/python3"
