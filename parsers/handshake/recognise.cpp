// What bytes look like that nobody has introduced yet.
#include "parsers/handshake/recognise.hpp"

#include <array>

namespace rdpdx::handshake {
namespace {

struct Signature {
    std::string_view prefix, protocol;
};
// What answers on a port meant for RDP, by its first bytes.
constexpr std::array kSignatures{
    Signature{"HTTP/", "HTTP"},        Signature{"GET ", "HTTP"},        Signature{"POST ", "HTTP"},
    Signature{"HEAD ", "HTTP"},        Signature{"OPTIONS ", "HTTP"},    Signature{"CONNECT ", "HTTP"},
    Signature{"PRI * HTTP/2", "HTTP"}, Signature{"<html", "HTTP"},       Signature{"<!DOCTYPE", "HTTP"},
    Signature{"SSH-", "SSH"},          Signature{"RFB ", "VNC"},         Signature{"220 ", "FTP or SMTP"},
    Signature{"220-", "FTP or SMTP"},  Signature{"+OK", "POP3"},         Signature{"* OK", "IMAP"},
    Signature{"RTSP/", "RTSP"},        Signature{"SIP/2.0", "SIP"},      Signature{"\x05\x00", "SOCKS 5"},
    Signature{"\x05\x01", "SOCKS 5"},  Signature{"\x05\x02", "SOCKS 5"},
};

}  // namespace

std::string_view guess_protocol(bytes::View head) {
    const std::string_view text = bytes::text_of(head);
    // NetBIOS session header and SMB's own magic behind it.
    if (text.size() >= 8 && text[0] == 0 && (text.substr(4, 4) == "\xFFSMB" || text.substr(4, 4) == "\xFESMB"))
        return "SMB";
    for (const Signature& s : kSignatures)
        if (text.substr(0, s.prefix.size()) == s.prefix) return s.protocol;
    return {};
}

Recognised recognise(bytes::View first_payload, bool rdp_port) {
    switch (x224::recognise(first_payload)) {
        case x224::FirstBytes::connection_request: {
            const auto request = x224::parse_connection_request(first_payload);
            // ISO transport for other uses (S7, MMS) has plain X.224 parameters where RDP has its negotiation.
            const bool iso = request && request->iso_parameters && !request->negReq;
            return {!iso || rdp_port, true, true};
        }
        case x224::FirstBytes::preconnection_pdu:
            return {true, true, true};
        case x224::FirstBytes::connection_confirm:
            return {rdp_port, false, true};
        default:
            return {rdp_port, true, false};
    }
}

}  // namespace rdpdx::handshake
