"""Certificates, password file and server configurations, made anew by every './lab.py setup' (in tmp/)."""
import re
import shutil
from pathlib import Path

from network import sh
from paths import CAP, PKI, S_IP, TMP

CA_CONFIG = """[ca]
default_ca=d
[d]
database={pki}/index.txt
new_certs_dir={pki}
serial={pki}/serial
default_md=sha256
policy=p
copy_extensions=copy
unique_subject=no
x509_extensions=leaf
[p]
commonName=supplied
[leaf]
basicConstraints=CA:FALSE
extendedKeyUsage=serverAuth
[mid]
basicConstraints=critical,CA:TRUE
keyUsage=keyCertSign,cRLSign
"""

LEGACY_OPENSSL = """openssl_conf=i
[i]
ssl_conf=s
[s]
system_default=d
[d]
MinProtocol=TLSv1
CipherString=DEFAULT@SECLEVEL=0
"""

ALWAYS = ("20240101000000Z", "20440101000000Z")
NAME = "rdsh1.lab.example"
SAN = ("-addext", f"subjectAltName=DNS:{NAME},IP:{S_IP}")


def key(name, bits=2048):
    sh("openssl", "genrsa", "-out", PKI / f"{name}.key", bits)


def request(name, common_name, extra=()):
    subject = ("-subj", f"/CN={common_name}")
    sh("openssl", "req", "-new", "-key", PKI / f"{name}.key", *subject, "-out", PKI / f"{name}.csr", *extra)


def sign(name, issuer, valid, extensions="leaf"):
    by = ("-cert", PKI / f"{issuer}.crt", "-keyfile", PKI / f"{issuer}.key")
    when = ("-startdate", valid[0], "-enddate", valid[1])
    files = ("-in", PKI / f"{name}.csr", "-out", PKI / f"{name}.crt")
    sh("openssl", "ca", "-batch", "-config", PKI / "ca.cnf", "-extensions", extensions, *by, *when, "-notext", *files)


def self_signed(name, common_name, days):
    subject = ("-subj", f"/CN={common_name}", "-days", days)
    sh("openssl", "req", "-x509", "-key", PKI / f"{name}.key", *subject, "-out", PKI / f"{name}.crt")


def certificates():
    if PKI.exists():
        shutil.rmtree(PKI)
    PKI.mkdir(parents=True)
    (PKI / "ca.cnf").write_text(CA_CONFIG.format(pki=PKI))
    (PKI / "index.txt").write_text("")
    (PKI / "serial").write_text("1000\n")
    key("ca")
    self_signed("ca", "RDP Lab Root CA", 7300)
    for name, valid in (("good", ALWAYS), ("expired", ("20220101000000Z", "20230101000000Z"))):
        key(name)
        request(name, NAME, SAN)
        sign(name, "ca", valid)
    key("other")  # a private key that belongs to no certificate
    key("self")
    self_signed("self", "RDSH1", 180)
    # A long chain: the server's TLS flight needs several full-size packets.
    chain, issuer = [], "ca"
    for name in ("mid1", "mid2", "mid3"):
        key(name, 4096)
        request(name, f"RDP Lab Intermediate CA {name[-1]} " + "x" * 20)
        sign(name, issuer, ALWAYS, "mid")
        chain.insert(0, (PKI / f"{name}.crt").read_text())
        issuer = name
    key("big", 4096)
    request("big", NAME, SAN)
    sign("big", issuer, ALWAYS)
    (PKI / "big.crt").write_text((PKI / "big.crt").read_text() + "".join(chain))


def xrdp_config(name, **settings):
    """Debian's own xrdp.ini with these settings changed; a setting that it does not know is a mistake."""
    text = Path("/etc/xrdp/xrdp.ini").read_text()
    good = {"certificate": PKI / "good.crt", "key_file": PKI / "good.key"}
    for setting, value in {"fork": "false", "port": "3389", **good, **settings}.items():
        text, found = re.subn(rf"(?m)^#?{setting}=.*$", f"{setting}={value}", text, count=1)
        assert found, setting
    text = re.sub(r"(?m)^LogFile=.*$", f"LogFile={TMP}/{name}.xrdp.log", text)
    text = re.sub(r"(?m)^#?EnableSyslog=.*$", "EnableSyslog=false", text)
    (TMP / f"{name}.ini").write_text(text)


def setup():
    CAP.mkdir(exist_ok=True)
    certificates()
    accounts = [("-d", "LAB"), ()]
    hashes = [sh("winpr-hash", "-u", "alice", "-p", "Passw0rd!", *d, "-f", "sam").stdout.strip() for d in accounts]
    (TMP / "sam").write_text("\n".join(hashes) + "\n")
    (TMP / "openssl-legacy.cnf").write_text(LEGACY_OPENSSL)
    xrdp_config("xrdp-tls", security_layer="tls")
    xrdp_config("xrdp-nego", security_layer="negotiate")
    missing = {"certificate": "/nonexistent/cert.pem", "key_file": "/nonexistent/key.pem"}
    xrdp_config("xrdp-nocert", security_layer="tls", **missing)
    aes256 = {"ssl_protocols": "TLSv1.2", "tls_ciphers": "ECDHE-RSA-AES256-GCM-SHA384"}
    xrdp_config("xrdp-aes256", security_layer="tls", **aes256)
    print("setup done in", TMP)
