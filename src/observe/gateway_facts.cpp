#include "src/observe/gateway_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "parsers/bytes/overload.hpp"
#include "parsers/credssp/kdc.hpp"
#include "src/codes/codes.hpp"
#include "src/observe/convert.hpp"
#include "src/observe/mechanism.hpp"

namespace rdpdx::observe {
namespace {

using model::Effect;
using model::Observation;
using model::Stage;
using stream::Side;

Observation made(Side from, const char* kind, std::string text) {
    Observation out;
    out.kind = kind;
    out.stage = Stage::rd_gateway;
    out.actor = party(from);
    out.text = std::move(text);
    out.fields = {{"from", std::string{side_name(from)}}};
    return out;
}

// "error 0x800759DA E_PROXY_RAP_ACCESSDENIED", or nothing for success.
void add_code(Observation& out, std::uint32_t code) {
    const std::string name{gateway_code_name(code)};
    out.fields.push_back({"code", number(code)});
    set(out.fields, "name", name);
    if (code == 0) return;
    out.text += fmt::format(": {} {}{}{}", gateway_refuses(code) ? "error" : "code", hex32(code),
                            name.empty() ? "" : " ", name);
    if (gateway_refuses(code)) out.effect = Effect::failed;
}

// What each header offers or proves, as one clause; fields of the first token that says something.
std::string authentications(const gateway::HttpHead& head, model::Fields& fields) {
    std::vector<std::string> clauses, schemes;
    for (const auto& a : head.authentications) {
        schemes.push_back(a.scheme);
        Told what;
        if (a.token) what = told(a.token->mechanism);
        if (a.token && what.text.empty()) what.text = offered(*a.token);
        clauses.push_back(what.text.empty() ? a.scheme : fmt::format("{} ({})", a.scheme, what.text));
        const auto taken = [&](const model::Field& f) {
            return std::ranges::any_of(fields, [&](const model::Field& g) { return g.name == f.name; });
        };
        for (auto& f : what.fields)
            if (!taken(f)) fields.push_back(std::move(f));
    }
    if (!schemes.empty()) fields.push_back({"auth", schemes});
    return fmt::format("{}", fmt::join(clauses, ", "));
}

// [MS-TSGU] gives RDG-User-Id no form; with a smart card it names a certificate (CredMarshalCredential), nobody.
bool names_certificate(const std::string& user) { return user.starts_with("@@"); }

Observation request(const gateway::HttpHead& head, bool rpc) {
    const char* transport = rpc ? "RPC over HTTP" : head.websocket ? "WebSocket" : "HTTP";
    Observation out = made(Side::client, "gateway.http", "");
    out.fields.push_back({"method", head.method});
    set(out.fields, "host", head.host);
    out.fields.push_back({"transport", std::string{transport}});
    const std::string proof = authentications(head, out.fields);
    const bool named = std::ranges::any_of(out.fields, [](const model::Field& f) { return f.name == "user"; });
    const bool card = names_certificate(head.userId);
    if (!named && !card) set(out.fields, "user", head.userId);
    out.text = fmt::format("The client asks the gateway{}{} for a tunnel ({}, {})", head.host.empty() ? "" : " ",
                           head.host, head.method, transport);
    if (!head.userId.empty()) out.text += card ? ", for the owner of a certificate" : ", for " + head.userId;
    out.text += proof.empty() ? ", without credentials" : ", with " + proof;
    return out;
}

std::string version(std::uint8_t major, std::uint8_t minor) { return fmt::format("{}.{}", major, minor); }

Observation tunnel(Side from, const gateway::Packet& packet, const std::string& says) {
    std::string name{gateway::packet_name(packet.header.packetType)};
    if (name.empty()) name = fmt::format("0x{:X}", packet.header.packetType);
    const char* who = from == Side::client ? "The client" : "The gateway";
    Observation out = made(from, "gateway.tunnel", fmt::format("{} {}", who, says));
    out.fields.push_back({"message", name});
    return out;
}

std::string target_text(const gateway::ChannelCreate& body) {
    return body.resourceNames.empty() ? std::string{"(no name)"} : body.resourceNames.front();
}

struct PacketFacts {
    Side from;
    const gateway::Packet& packet;

    using Result = std::optional<Observation>;
    Observation says(const std::string& text) const { return tunnel(from, packet, text); }

    Result operator()(const std::monostate&) const {
        return says(fmt::format("sends a packet of type 0x{:X}", packet.header.packetType));
    }
    Result operator()(const gateway::Data&) const { return {}; }
    Result operator()(const gateway::Keepalive&) const { return {}; }
    Result operator()(const gateway::HandshakeRequest& m) const {
        Observation out = says(fmt::format("begins the tunnel, version {}", version(m.verMajor, m.verMinor)));
        out.fields.push_back({"version", version(m.verMajor, m.verMinor)});
        out.fields.push_back({"extended_auth", number(m.extendedAuth)});
        return out;
    }
    Result operator()(const gateway::HandshakeResponse& m) const {
        Observation out = says(fmt::format("answers the handshake, version {}", version(m.verMajor, m.verMinor)));
        add_code(out, m.errorCode);
        out.fields.push_back({"version", version(m.verMajor, m.verMinor)});
        out.fields.push_back({"extended_auth", number(m.extendedAuth)});
        return out;
    }
    Result operator()(const gateway::ExtendedAuth& m) const {
        Told what = told(m.authBlob.mechanism);
        Observation out = says(what.text.empty() ? "sends extended authentication" : "sends " + what.text);
        add_code(out, m.errorCode);
        for (auto& f : what.fields)
            if (f.name == "user" || f.name == "domain") out.fields.push_back(std::move(f));
        return out;
    }
    Result operator()(const gateway::TunnelCreate& m) const {
        return says(m.paaCookieLength       ? "asks for a tunnel, with a pluggable authentication cookie"
                    : m.reauthTunnelContext ? "asks for a tunnel, to authenticate again"
                                            : "asks for a tunnel");
    }
    Result operator()(const gateway::TunnelResponse& m) const {
        Observation out = says("answers the request for a tunnel");
        add_code(out, m.statusCode);
        if (!m.consentMsg.empty()) out.text += fmt::format(", and wants consent to: {}", m.consentMsg);
        set(out.fields, "text", m.consentMsg);
        return out;
    }
    Result operator()(const gateway::TunnelAuth& m) const {
        Observation out = says(fmt::format("asks to be let in as the machine {}", m.clientName));
        out.fields.push_back({"client", m.clientName});
        return out;
    }
    Result operator()(const gateway::TunnelAuthResponse& m) const {
        Observation out = says("answers who is let in");
        add_code(out, m.errorCode);
        return out;
    }
    Result operator()(const gateway::ChannelCreate& m) const {
        Observation out = made(from, "gateway.channel",
                               fmt::format("The client asks the gateway for {}, port {}", target_text(m), m.port));
        if (!m.alternateNames.empty()) out.text += fmt::format(", or {}", fmt::join(m.alternateNames, ", "));
        out.fields.push_back({"target", target_text(m)});
        out.fields.push_back({"port", number(m.port)});
        return out;
    }
    Result operator()(const gateway::ChannelResponse& m) const {
        const bool open = !gateway_refuses(m.errorCode);
        Observation out = made(
            from, "gateway.channel",
            open ? "The gateway has reached the server: the channel is open" : "The gateway does not open the channel");
        add_code(out, m.errorCode);
        if (open) out.effect = Effect::passed;
        if (m.udpPort) {
            out.text += fmt::format(", UDP port {}", *m.udpPort);
            out.fields.push_back({"udp_port", number(*m.udpPort)});
        }
        return out;
    }
    Result operator()(const gateway::ServiceMessage& m) const {
        Observation out = says(fmt::format("has a message for the user: {}", m.message));
        set(out.fields, "text", m.message);
        return out;
    }
    Result operator()(const gateway::ReauthMessage&) const { return says("wants the user to authenticate again"); }
    Result operator()(const gateway::CloseChannel& m) const {
        const bool asks = packet.header.packetType == static_cast<std::uint16_t>(gateway::PacketType::close_channel);
        Observation out = says(asks ? "closes the channel" : "confirms that the channel is closed");
        add_code(out, m.statusCode);
        // What has passed before cannot fail by its end.
        out.effect = Effect::noted;
        return out;
    }
};

}  // namespace

bool gateway_refuses(std::uint32_t code) noexcept {
    // HRESULTs that say how to go on: SEC_I_CONTINUE_NEEDED and its kin.
    constexpr std::uint32_t kFacilitySecurity = 9;
    return code != 0 && code >> 16 != kFacilitySecurity;
}

std::string_view gateway_code_name(std::uint32_t code) noexcept {
    if (code == 0) return {};
    // [MS-TSGU] gives some of these as an HRESULT, some as the Win32 code in it, and gateways send both.
    constexpr std::uint32_t kWin32 = 0x80070000, kFirst = 0x59D8, kLast = 0x5A00;
    const std::uint32_t whole = code >= kFirst && code <= kLast ? kWin32 | code : code;
    const auto name = codes::name_of(codes::Family::hresult, whole);
    return name.empty() ? codes::name_of(codes::Family::win32, code) : name;
}

Observation observe_head(Side from, const gateway::HttpHead& head, bool rpc) {
    if (head.request()) {
        Observation out = request(head, rpc);
        out.text += ".";
        return out;
    }
    Observation out =
        made(from, "gateway.http", fmt::format("The gateway answers HTTP {} {}", head.status, head.reason));
    out.fields.push_back({"status", number(head.status)});
    set(out.fields, "reason", head.reason);
    const std::string offer = authentications(head, out.fields);
    if (!offer.empty()) out.text += fmt::format("; it speaks {}", offer);
    if (!head.rdgAuthScheme.empty()) out.text += fmt::format(", and also {}", head.rdgAuthScheme);
    out.text += ".";
    return out;
}

std::optional<Observation> observe_packet(Side from, const gateway::Packet& packet) {
    auto out = std::visit(PacketFacts{from, packet}, packet.body);
    if (out) out->text += ".";
    return out;
}

Observation observe_kdc_head(Side from, const gateway::HttpHead& head) {
    if (from == Side::client) {
        Observation out = made(from, "kdc-proxy", fmt::format("The client asks the KDC proxy at {}.", head.host));
        set(out.fields, "host", head.host);
        return out;
    }
    gateway::KdcStatus status{head.status};
    return observe_kdc_status(status);
}

Observation observe_kdc_status(const gateway::KdcStatus& status) {
    Observation out = made(Side::server, "kdc-proxy", "The KDC proxy answers");
    if (status.status != 0) {
        out.text += fmt::format(" HTTP {}", status.status);
        out.fields.push_back({"status", number(status.status)});
    }
    if (status.status >= 400) out.text += ": it gives no Kerberos message";
    out.text += ".";
    return out;
}

Observation observe_kdc_message(Side from, const gateway::KdcProxyMessage& message) {
    std::string name{credssp::kdc_message_name(message.tag & 0x1FU)};
    if (name.empty()) name = fmt::format("0x{:02X}", message.tag);
    Observation out = made(from, "kdc-proxy",
                           fmt::format("{} {} {} through the KDC proxy",
                                       from == Side::client ? "The client sends" : "A domain controller answers with",
                                       name.front() == 'A' ? "an" : "a", name));
    out.fields.push_back({"message", name});
    if (!message.targetDomain.empty()) {
        out.text += fmt::format(" for the realm {}", message.targetDomain);
        out.fields.push_back({"realm", message.targetDomain});
    }
    if (message.error) {
        const std::string error{codes::name_of(codes::Family::kerberos, message.error->errorCode)};
        out.text += fmt::format(": {} {}", message.error->errorCode, error);
        out.fields.push_back({"kerberos_error", number(message.error->errorCode)});
        set(out.fields, "name", error);
        set(out.fields, "target", message.error->sname);
    }
    out.text += ".";
    return out;
}

}  // namespace rdpdx::observe
