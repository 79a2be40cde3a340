"""Connections that work, and those that an RDP endpoint ends: negotiation, TLS, CredSSP, MCS, licensing, session."""
from actors import LEGACY, SHIM, fake, peerd, rdesk, shadow, xfree, xrdp
from paths import C_IP, S_IP, TMP
from scenario import (
    ALERT, AUTHENTICATE, CERTIFICATE, CLIENT_HELLO, DEMAND, DENIED, ERRINFO, FIN_IN, FONTMAP, NEGFAIL,
    NO_SERVER_HELLO, RST_IN, RST_OUT, ULTIMATUM, UNEXPLAINED, WORKS, add, ended, errinfo_bytes, failed,
)

# --- connections that work --------------------------------------------------------
add(
    "ok-tls13-xrdp", "works", "TLS 1.3, up to the xrdp login screen.", WORKS,
    xrdp("xrdp-tls"), xfree(),
    [CERTIFICATE, DEMAND, FONTMAP, "tls.handshake.extensions.supported_version == 0x0304"],
)
add(
    "ok-tls-peerd", "works",
    "TLS 1.3 to FreeRDP's server stack, session active, closed in order by the server.", WORKS,
    peerd("--hold", "3"), xfree(), [DEMAND, FONTMAP], seconds=5,
)
add(
    "ok-nla-shadow", "works",
    "NLA (CredSSP with NTLMv2, TSRequest version 6) to freerdp-shadow, right password.", WORKS,
    shadow("/sec:nla", "+auth"), xfree(sec="nla"),
    ["ntlmssp.messagetype == 2", "credssp.pubKeyAuth", "credssp.authInfo", DEMAND, FONTMAP], seconds=4, dsb=True,
)
add(
    "ok-nla-peerd-tls12", "works", "NLA to FreeRDP's server stack over TLS 1.2.", WORKS,
    peerd("--sam", TMP / "sam", "--hold", "2", sec="nla"), xfree("+enforce-tlsv1_2", sec="nla"),
    [AUTHENTICATE, "credssp.authInfo", FONTMAP], seconds=4,
)
add(
    "ok-rdp-security-peerd", "works", "Standard RDP security (RC4, no TLS) to FreeRDP's server stack.", WORKS,
    peerd("--hold", "3", sec="rdp"), xfree(sec="rdp"),
    ["rdp.securityExchangePDU", "!tls.handshake"], seconds=5, plain=True,
)
add(
    "ok-second-try", "works after a refused first try",
    "The server allows standard RDP security only. The client, left to choose, offers NLA and TLS first, is refused "
    "with RDP_NEG_FAILURE 2 and comes again with less, until it is let in.",
    {
        "attempts": [
            {
                "client": C_IP,
                "server": f"{S_IP}:3389",
                "outcome": "failed",
                "stage": "x224-negotiation",
                "ended_by": ["server"],
                "cause": ["security-layer-mismatch"],
                "codes": {"nego_failure": 2},
            }
        ],
        **WORKS,
    },
    peerd("--hold", "3", "--connections", "3", sec="rdp"), xfree(sec=None),
    [NEGFAIL % 2, "rdp.securityExchangePDU", "!tls.handshake"], seconds=7, plain=True,
)
add(
    "ok-rdesktop-xrdp", "works",
    "Another client: rdesktop (GnuTLS) to xrdp with security_layer=negotiate; the certificate question is answered "
    "with yes.", WORKS,
    xrdp("xrdp-nego"), rdesk(),
    [CLIENT_HELLO, "tls.handshake.type == 2", DEMAND, FONTMAP], seconds=4, answer="yes\n",
)
add(
    "tls-cert-refused-rdesktop", "client resets after the certificate",
    "rdesktop does not trust the certificate and nobody answers its question.",
    failed("tls-handshake", "client", "client-rejected-certificate"),
    xrdp("xrdp-nego"), rdesk(), [CERTIFICATE, RST_OUT],
)

# --- X.224 negotiation ------------------------------------------------------------
for code, name, cause, server, client, what in (
    (1, "ssl-required", "security-layer-mismatch", peerd(sec="tls"), xfree(sec="rdp"),
     "The server allows TLS only; the client asks for standard RDP security."),
    (2, "ssl-not-allowed", "security-layer-mismatch", peerd(sec="rdp"), xfree(),
     "The server allows standard RDP security only; the client asks for TLS."),
    (3, "cert-not-on-server", "listener-certificate-missing", xrdp("xrdp-nocert"), xfree(),
     "xrdp set to TLS only with a certificate path that does not exist. After the failure it also sends a Disconnect "
     "Provider Ultimatum."),
    (4, "inconsistent-flags", None, fake("nego-fail:4"), xfree(),
     "The server finds the request's flags inconsistent."),
    (5, "hybrid-required", "security-layer-mismatch", peerd("--sam", TMP / "sam", sec="nla"), xfree(),
     "The server asks for NLA; the client offers TLS only."),
):
    add(
        f"nego-{name}", f"RDP_NEG_FAILURE {code}", what,
        failed("x224-negotiation", "server", *filter(None, [cause]), nego_failure=code),
        server, client, [NEGFAIL % code, "!tls.handshake"],
    )
add(
    "nego-fin", "server closed (FIN) without an answer", "Closed after the connection request.",
    failed("x224-negotiation", "server", UNEXPLAINED),
    fake("nego-fin"), xfree(), [FIN_IN, "!rdp.neg_type == 2"],
)
add(
    "nego-hang", "no answer", "The server reads the connection request and is silent.",
    failed("x224-negotiation", "server", "server-unresponsive"),
    fake("nego-hang", "--hold", "6"), xfree(), ["!rdp.neg_type == 2"], seconds=6,
)
add(
    "nego-not-rdp", "the port answers in another protocol", "An HTTP server listens on 3389.",
    {"verdict": {"outcome": ["failed", "not-rdp"], "stage": "x224-negotiation", "cause": ["wrong-service-on-port"]}},
    fake("nego-not-rdp"), xfree(), ['frame contains "HTTP/1.1 400"'],
)

# --- TLS --------------------------------------------------------------------------
add(
    "tls-expired-cert-accepted", "works", "The certificate expired in 2023; the client was told to accept it.", WORKS,
    peerd("--hold", "2", cert="expired"), xfree(), [CERTIFICATE, DEMAND], seconds=4,
)
for cert, how, more in (
    ("expired", "expired on 2023-01-01", ["expired-server-certificate"]),
    ("self", "is self-signed and names RDSH1", []),
):
    add(
        f"tls-{cert}-cert-refused", "client refuses the certificate and closes",
        f"The server's certificate {how}; the client is set to refuse it (/cert:deny).",
        failed("tls-handshake", "client", "client-rejected-certificate", *more),
        peerd(cert=cert), xfree(cert="deny"), [CERTIFICATE, "!" + DEMAND],
    )
add(
    "tls-wrong-key", "bad signature: alert decrypt_error (51) from the client",
    "The server's private key does not belong to its certificate (TLS 1.2).",
    failed("tls-handshake", "client", "server-key-unusable", tls_alert=51),
    peerd(key="other", env={**SHIM, "RDPLAB_SKIP_KEY_CHECK": "1"}), xfree("+enforce-tlsv1_2"), [ALERT % 51],
)
add(
    "tls-version-server-old", "alert protocol_version (70) from the client",
    "The server offers TLS 1.0 at most; the client needs 1.2.",
    failed("tls-handshake", "client", "tls-parameter-mismatch", tls_alert=70),
    peerd("--tls-min", "0301", "--tls-max", "0301", "--tls-seclevel", "0", env=LEGACY), xfree("+enforce-tlsv1_2"),
    [ALERT % 70],
)
add(
    "tls-no-common-cipher", "alert handshake_failure (40) from the server",
    "xrdp allows one AES-256 suite, the client one AES-128 suite (TLS 1.2).",
    failed("tls-handshake", "server", "tls-parameter-mismatch", tls_alert=40),
    xrdp("xrdp-aes256"), xfree("+enforce-tlsv1_2", "/tls-ciphers:ECDHE-RSA-AES128-GCM-SHA256"), [ALERT % 40],
)
add(
    "tls-fin", "server closed (FIN) after the ClientHello", "What Schannel shows when it cannot use its key.",
    failed("tls-handshake", "server", UNEXPLAINED, "server-key-unusable"),
    fake("tls-fin"), xfree(), [FIN_IN, CLIENT_HELLO, NO_SERVER_HELLO],
)
add(
    "tls-rst", "server reset after the ClientHello", "Reset by the server itself.",
    failed("tls-handshake", "server", UNEXPLAINED, "security-product-reset"),
    fake("tls-rst"), xfree(), [RST_IN + " && ip.ttl == 63", NO_SERVER_HELLO],
)
add(
    "tls-alert-internal-error", "alert internal_error (80) from the server",
    "Schannel's alert after event 36874/36888.",
    failed("tls-handshake", "server", "server-key-unusable", tls_alert=80),
    fake("tls-alert:80"), xfree(), [ALERT % 80],
)
add(
    "tls-server-killed", "server process killed while the handshake runs",
    "SIGKILL of the server when its negotiation response is on its way; the ClientHello meets a closed socket "
    "(60 ms each way).",
    failed("tls-handshake", "server"),
    peerd(), xfree(), ["rdp.negReq.selectedProtocol", CLIENT_HELLO, FIN_IN, NO_SERVER_HELLO],
    seconds=4, wire={"delay_ms": 60, "mark_b2a": 3}, kill_server_on_mark=True,
)

# --- CredSSP ----------------------------------------------------------------------
add(
    "nla-wrong-password-shadow", "server closes after NTLM AUTHENTICATE, no errorCode",
    "Wrong password; freerdp-shadow 2.x drops the connection without a TSRequest errorCode.",
    failed("credssp", "server", "credential-rejected", UNEXPLAINED),
    shadow("/sec:nla", "+auth"), xfree(sec="nla", password="wrong"), [AUTHENTICATE, "!" + DEMAND], seconds=4,
)
for status, name, cause, how in (
    (0xC000006D, "logon-failure", "credential-rejected", "STATUS_LOGON_FAILURE"),
    (0xC0000234, "locked-out", "credential-rejected", "STATUS_ACCOUNT_LOCKED_OUT"),
    (0xC0000071, "password-expired", "credential-rejected", "STATUS_PASSWORD_EXPIRED"),
    (0xC0000072, "disabled", "credential-rejected", "STATUS_ACCOUNT_DISABLED"),
    (0xC000015B, "logon-type", "logon-not-permitted", "STATUS_LOGON_TYPE_NOT_GRANTED"),
    (0xC0000133, "clock-skew", "clock-skew", "STATUS_TIME_DIFFERENCE_AT_DC"),
):
    add(
        f"nla-error-{name}", f"TSRequest errorCode {how} 0x{status:08X}",
        f"The server answers NTLM AUTHENTICATE with {how}.",
        failed("credssp", "server", cause, credssp_error=f"0x{status:08X}"),
        fake(f"nla-error:{status:08X}"), xfree(sec="nla"), ["credssp.errorCode", AUTHENTICATE],
    )
add(
    "nla-drop-after-challenge", "server closes after NTLM AUTHENTICATE",
    "What an LSASS failure or an unreachable domain controller can look like.",
    failed("credssp", "server", "credential-rejected", UNEXPLAINED, "kerberos-ntlm-failure"),
    fake("nla-drop"), xfree(sec="nla"), [AUTHENTICATE, "!credssp.errorCode", FIN_IN],
)

# --- MCS / GCC --------------------------------------------------------------------
add(
    "mcs-close", "server closes after MCS Connect Initial", "TLS is up, then FIN.",
    failed("mcs-connect", "server", UNEXPLAINED),
    fake("mcs-close"), xfree(), ["rdp.clientData", "!rdp.serverData", FIN_IN],
)
add(
    "mcs-connect-rejected", "MCS Connect Response rt-unspecified-failure", "Result 14 of T.125.",
    failed("mcs-connect", "server"),
    fake("mcs-result:0e"), xfree(), ["t125.result == 14"],
)
add(
    "mcs-attach-refused", "Attach User Confirm rt-too-many-users", "Result 13 of T.125.",
    failed("channel-join", "server"),
    fake("mcs-attach:0d"), xfree(), ["t124.result == 13"],
)
add(
    "mcs-disconnect-ultimatum", "Disconnect Provider Ultimatum rn-provider-initiated", "Sent after Attach User.",
    failed("channel-join", "server"),
    fake("mcs-dpu:1"), xfree(), [ULTIMATUM],
)

# --- client info, licensing -------------------------------------------------------
add(
    "info-close", "server closes (FIN) after the Client Info PDU, no reason given", "A bare 0x904: the socket closes.",
    failed("client-info", "server", UNEXPLAINED),
    fake("info-close"), xfree(), ["rdp.clientInfoPDU", FIN_IN, "!" + ERRINFO],
)
add(
    "lic-no-license-server", "licence error ERR_NO_LICENSE_SERVER (6), ST_TOTAL_ABORT",
    "The licensing grace period is over.",
    failed("licensing", "server", "licensing-or-drain-refusal", license_error=6),
    fake("lic-error:6"), xfree(), ["rdp.errorCode == 6"],
)

# --- Set Error Info: the 0x904 / 0x7 family ---------------------------------------
for point, outcome, stage in (
    ("license", "failed", "client-info"),
    ("capabilities", "failed", "capability-exchange"),
    ("active", ["failed", "dropped"], "session"),
):
    add(
        f"errinfo7-at-{point}", "Set Error Info ERRINFO_SERVER_DENIED_CONNECTION (7), then FIN",
        f"FreeRDP's own server stack denies the connection at its {point} callback: mstsc would show 0x904, "
        "extended 0x7.",
        ended(outcome, stage, "server", *DENIED, error_info=7),
        peerd("--fail", f"{point}:errinfo=7"), xfree(), [errinfo_bytes(7), FIN_IN], seconds=4,
    )
add(
    "errinfo7-rst", "Set Error Info 7, then a reset",
    "The server denies the connection and resets the socket at once.",
    failed("capability-exchange", "server", *DENIED, error_info=7),
    peerd("--fail", "capabilities:errinfo-rst=7"), xfree(), [ERRINFO, RST_IN],
)
add(
    "errinfo7-before-licence-fake", "Set Error Info 7 in place of the licence PDU",
    "The independent Python server denies right after the Client Info PDU.",
    failed("client-info", "server", *DENIED, error_info=7),
    fake("errinfo-nolic:7"), xfree(), [errinfo_bytes(7), ULTIMATUM],
)
add(
    "errinfo7-nla", "NLA succeeds, then Set Error Info 7 and FIN",
    "The credentials are right; the logon is denied afterwards.",
    failed("capability-exchange", "server", *DENIED, error_info=7),
    peerd("--sam", TMP / "sam", "--fail", "capabilities:errinfo=7", sec="nla"), xfree(sec="nla"),
    ["credssp.authInfo", ERRINFO], dsb=True,
)
add(
    "errinfo7-tls12-fake", "Set Error Info 7, Disconnect Provider Ultimatum, FIN",
    "The same bytes from the independent Python server, TLS 1.2.",
    failed("capability-exchange", "server", *DENIED, error_info=7),
    fake("errinfo:7", "--tls-max", "1.2"), xfree(), [ERRINFO, ULTIMATUM],
)
for code, name, cause in (
    (0x1, "rpc-initiated-disconnect", "user-or-admin-ended"),
    (0x3, "idle-timeout", "user-or-admin-ended"),
    (0x5, "other-connection", "user-or-admin-ended"),
    (0x101, "no-license-server", "licensing-or-drain-refusal"),
    (0x112F, "graphics-subsystem-failed", "session-start-crash"),
):
    orderly = ["succeeded"] if cause == "user-or-admin-ended" else []
    add(
        f"errinfo-{name}", f"Set Error Info 0x{code:X}",
        f"FreeRDP's server stack ends an active session with error info 0x{code:X}.",
        ended(["dropped", "failed", *orderly], "session", "server", cause, error_info=code),
        peerd("--fail", f"active:errinfo={code:X}"), xfree(), [ERRINFO, FONTMAP],
    )
add(
    "session-server-killed", "server process killed in the session", "SIGKILL at the Activate callback.",
    ended(["dropped", "failed"], "session", "server"),
    peerd("--fail", "active:kill"), xfree(), [FONTMAP, "tcp.flags.fin == 1 || tcp.flags.reset == 1"],
)
