// What TLS or DTLS over RDP-UDP and the tunnel in it mean.
#include "src/observe/udp_conversation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/codes/codes.hpp"
#include "src/observe/convert.hpp"

namespace rdpdx::observe {

using model::Basis;
using model::Effect;
using model::Stage;
using rdpeudp::Side;

namespace {

// What one conversation tells; a hostile one could tell more without end.
constexpr std::size_t kMostSeen = 64;
// Encrypted records of each side, none of which an endpoint would send without the tunnel.
constexpr unsigned kRecordsOfTunnel = 8;

}  // namespace

UdpConversation::UdpConversation(std::uint32_t input, model::Precision precision, const net::Endpoint& client,
                                 const net::Endpoint& server, const rdpeudp::Decrypting& decrypting)
    : reader_{[this](const Item& item) { take(item); }, decrypting} {
    track_.origin = model::Origin::capture;
    track_.input = input;
    track_.precision = precision;
    track_.client = convert(client);
    track_.server = convert(server);
}

void UdpConversation::datagram(Side from, bytes::View payload, std::size_t length, const stream::Mark& mark) {
    last_ = mark.time;
    reader_.datagram(from, payload, length, mark);
}

void UdpConversation::take(const Item& item) {
    last_item_ = item.mark;
    std::visit([&](const auto& body) { observe(item, body); }, item.body);
}

model::Observation& UdpConversation::add(const stream::Mark& mark, std::string_view kind, std::string text) {
    model::Observation o;
    o.time = mark.time;
    o.precision = track_.precision;
    o.origin = model::Origin::capture;
    o.kind = kind;
    o.text = std::move(text);
    o.evidence = {track_.input, model::Evidence::Kind::packet, mark.frame, mark.file_offset};
    // The last place is overwritten again and again, by what is told at the end as well.
    if (track_.seen.size() >= kMostSeen) track_.seen.pop_back();
    track_.seen.push_back(std::move(o));
    return track_.seen.back();
}

model::Observation& UdpConversation::security(const Item& item, std::string message, std::string text) {
    auto& o = add(item.mark, "udp.security", std::move(text));
    o.actor = party(item.from);
    o.stage = Stage::udp_security;
    o.fields = {{"from", std::string{side_name(item.from)}}, {"message", std::move(message)}};
    return o;
}

void UdpConversation::observe(const Item& item, const tls::ClientHello& body) {
    client_.hello = true;
    transport_.locked = true;
    std::vector<std::string> versions;
    for (const auto v : body.supported_versions)
        if ((v & 0x0F0FU) != 0x0A0AU) versions.push_back(tls::version_name(v));  // [RFC 8701] GREASE is no version
    if (versions.empty()) versions.push_back(tls::version_name(body.legacy_version));
    auto& o =
        security(item, "ClientHello",
                 fmt::format("Over UDP the client begins {}: offers {}, {} cipher suites{}.",
                             transport_.mode == "lossy" ? "DTLS" : "TLS", fmt::join(versions, ", "),
                             body.cipher_suites.size(), body.server_name ? ", server name " + *body.server_name : ""));
    if (body.server_name) o.fields.push_back({"sni", *body.server_name});
}

void UdpConversation::observe(const Item& item, const tls::ServerHello& body) {
    server_.hello = true;
    const std::string version = tls::version_name(body.version()), cipher = suite_name(body.cipher_suite);
    tls13_ = body.version() == 0x0304;
    auto& o = security(item, "ServerHello", fmt::format("Over UDP the server chooses {} with {}.", version, cipher));
    o.fields.push_back({"version", version});
    o.fields.push_back({"cipher", cipher});
}

void UdpConversation::observe(const Item& item, const tls::HandshakeMessage& body) {
    if (body.type == static_cast<std::uint8_t>(tls::HandshakeType::finished) && body.opened)
        return finished(item, true);
    if (body.type != static_cast<std::uint8_t>(tls::HandshakeType::certificate) || item.from != Side::server) return;
    const auto list =
        body.opened && tls13_ ? tls::parse_certificate_list_13(body.body) : tls::parse_certificate_list(body.body);
    if (!list || list->empty()) return;
    const auto certificate = tls::parse_certificate(list->front());
    if (!certificate) return;
    auto& o = security(item, "Certificate",
                       fmt::format("Over UDP the server shows its certificate: {}, SHA-1 {}.", certificate->subject,
                                   certificate->sha1));
    o.fields.push_back({"subject", certificate->subject});
}

// TLS or DTLS is up once both have sent their Finished. `shown`: this is one, not what must be one.
void UdpConversation::finished(const Item& item, bool shown) {
    progress(item.from).finished = true;
    if (!client_.finished || !server_.finished || std::exchange(secured_, true)) return;
    auto& o = security(item, "Finished",
                       fmt::format("{} over UDP is complete.", transport_.mode == "lossy" ? "DTLS" : "TLS"));
    o.effect = Effect::passed;
    if (!shown) o.basis = Basis::inferred;
    o.fields.edit().front().value = std::string{"both"};
}

void UdpConversation::observe(const Item& item, const tls::Alert& body) {
    // [RFC 8446] 6: these end it in order; their level says nothing.
    constexpr std::uint8_t kCloseNotify = 0, kUserCanceled = 90;
    const bool orderly = body.description == kCloseNotify || body.description == kUserCanceled;
    const std::string name{codes::name_of(codes::Family::tls_alert, body.description)};
    auto& o = security(
        item, "Alert",
        fmt::format("Over UDP the {} sends the TLS alert {} {}.", side_name(item.from), body.description, name));
    o.fields.push_back({"description", number(body.description)});
    o.fields.push_back({"name", name});
    if (orderly || body.level != 2 || secured_) return;
    o.effect = Effect::failed;
    security_failed_ = true;
}

void UdpConversation::observe(const Item& item, const tls::EncryptedAlert&) {
    if (std::exchange(progress(item.from).alert, true)) return;
    security(item, "Alert", fmt::format("Over UDP the {} sends an encrypted TLS alert.", side_name(item.from)));
}

void UdpConversation::observe(const Item& item, const tls::EncryptedHandshake&) {
    // Up to 1.2 the first encrypted handshake message of a side is its Finished.
    if (!tls13_) finished(item, true);
}

void UdpConversation::observe(const Item& item, const tls::ApplicationData&) {
    Progress& p = progress(item.from);
    ++p.records;
    if (tls13_ && p.records == 2) finished(item, false);  // the first may be the Finished, or the server's handshake
    if (!secured_ || opened_ || tunnel_inferred_) return;
    if (client_.records < kRecordsOfTunnel || server_.records < kRecordsOfTunnel) return;
    tunnel_inferred_ = true;
    auto& o = add(item.mark, "udp.tunnel",
                  "Both sides go on sending encrypted records over UDP, as only a tunnel that was accepted lets them.");
    o.stage = Stage::udp_tunnel;
    o.effect = Effect::passed;
    o.basis = Basis::inferred;
    o.fields = {{"from", std::string{"both"}}, {"message", std::string{"data"}}};
}

void UdpConversation::observe(const Item& item, const tls::Opening& body) {
    using State = tls::Opening::State;
    if (body.state == State::opens) {
        opened_ = true;
        transport_.locked = false;
        return;
    }
    if (opened_) return;
    const bool wrong = body.state == State::fails;
    auto& o = security(item, "decryption",
                       wrong ? "The secrets that were given do not open what UDP carries."
                             : "No secret that was given is of what UDP carries, or its cipher suite is not read.");
    o.actor = model::Party::unknown;
    o.effect = Effect::noise;
}

void UdpConversation::observe(const Item& item, const rdpeudp::TunnelPdu& body) {
    if (const auto* request = std::get_if<rdpeudp::TunnelCreateRequest>(&body.body)) {
        tunnel_asked_ = item.mark;
        transport_.request = request->RequestID;
        auto& o = add(item.mark, "udp.tunnel",
                      fmt::format("The client asks for the tunnel of request {} (RDPEMT).", request->RequestID));
        o.stage = Stage::udp_tunnel;
        o.actor = party(item.from);
        o.fields = {{"from", std::string{side_name(item.from)}},
                    {"message", std::string{"create-request"}},
                    {"request", number(request->RequestID)}};
    }
    const auto* response = std::get_if<rdpeudp::TunnelCreateResponse>(&body.body);
    if (!response) return;
    tunnel_answer_ = response->HrResponse;
    // [MS-ERREF] 2.1: the sign tells failure.
    const bool good = (response->HrResponse & 0x80000000U) == 0;
    const std::string name = codes::label_of(codes::Family::hresult, response->HrResponse);
    auto& o = add(item.mark, "udp.tunnel",
                  fmt::format("The server {} the tunnel: {} {}.", good ? "accepts" : "refuses",
                              hex32(response->HrResponse), name));
    o.stage = Stage::udp_tunnel;
    o.actor = party(item.from);
    o.effect = good ? Effect::passed : Effect::failed;
    o.fields = {{"from", std::string{side_name(item.from)}},
                {"message", std::string{"create-response"}},
                {"code", number(response->HrResponse)},
                {"name", name}};
}

void UdpConversation::observe(const Item& item, const rdpeudp::Unparsed& body) {
    auto& o = add(item.mark, "stream.unparsed",
                  fmt::format("Over UDP the {} sent something that is not {}: {}.", side_name(item.from), body.what,
                              bytes::describe(body.error)));
    o.actor = party(item.from);
    o.fields = {{"from", std::string{side_name(item.from)}}, {"what", body.what}};
}

}  // namespace rdpdx::observe
