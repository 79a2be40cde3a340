"""Who takes part: the command lines of servers and clients, each with a name for the truth file."""
from paths import BIN, HERE, PKI, PY, S_IP, TMP

SHIM = {"LD_PRELOAD": str(BIN / "labshim.so")}
LEGACY = {"OPENSSL_CONF": str(TMP / "openssl-legacy.cnf")}


def server(cmd, who, env=None, real=True):
    return dict(cmd=cmd, who=who, env=env or {}, real=real)


def pair(cert, key=None):
    """A certificate and the private key that goes with it, or one that does not."""
    return ["--cert", PKI / f"{cert}.crt", "--key", PKI / f"{key or cert}.key"]


def peerd(*args, cert="good", key=None, sec="tls", env=None):
    command = [BIN / "peerd", *pair(cert, key), "--sec", sec, *args]
    return server(command, "peerd (FreeRDP 2.11.7 server library, fault set off in a callback)", env)


def shadow(*args):
    command = ["freerdp-shadow-cli", "/port:3389", f"/sam-file:{TMP}/sam", *args]
    return server(command, "freerdp-shadow-cli 2.11.7", {"DISPLAY": ":88"})


def xrdp(conf):
    command = ["/usr/sbin/xrdp", "-n", "-c", TMP / f"{conf}.ini", "-p", "3389"]
    return server(command, f"xrdp 0.9.21.1 ({conf})")


def fake(mode, *args):
    command = [PY, HERE / "fakerdp.py", "--mode", mode, *pair("good"), *args]
    return server(command, f"fakerdp.py --mode {mode}", real=False)


def xfree(*args, password="Passw0rd!", sec="tls", cert="ignore", host=S_IP):
    """FreeRDP's client; sec=None leaves the choice of the security protocol, with retries, to it."""
    command = ["xfreerdp", f"/v:{host}:3389", "/u:alice", f"/p:{password}", "/d:LAB", f"/cert:{cert}"]
    command += [f"/sec:{sec}"] if sec else []
    command += ["/client-hostname:CLI-PC1", "/size:640x480", "/log-level:INFO", *args]
    return dict(cmd=command, env={"DISPLAY": ":87", **SHIM}, who="xfreerdp 2.11.7")


def rdesk(*args):
    account = ["-u", "alice", "-p", "Passw0rd!", "-d", "LAB", "-n", "CLI-PC1"]
    command = ["rdesktop", *account, "-g", "640x480", *args, f"{S_IP}:3389"]
    return dict(cmd=command, env={"DISPLAY": ":87"}, who="rdesktop 1.9.0 (GnuTLS)")
