// What each PDU means. One overload a PDU, in the order of a connection.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "src/codes/codes.hpp"
#include "src/observe/connection.hpp"
#include "src/observe/convert.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Stage;

void WireObserver::Connection::observe(const Pdu& pdu, const x224::PreConnectionPdu& body) {
    auto& o = add(pdu, "x224.preconnection",
                  fmt::format("The client names a target before it connects (pre-connection PDU, id {}{}).", body.Id,
                              body.wszPCB ? ", blob \"" + *body.wszPCB + "\"" : ""));
    o.stage = Stage::x224_negotiation;
    o.fields = {{"id", number(body.Id)}};
    if (body.wszPCB) o.fields.push_back({"blob", *body.wszPCB});
}

void WireObserver::Connection::observe(const Pdu& pdu, const x224::ConnectionRequest& body) {
    auto& negotiation = wire_.negotiation;
    std::vector<std::string> requested{"RDP"};
    if (body.negReq) requested = codes::protocols_text(body.negReq->requestedProtocols);
    if (negotiation.requested.empty()) {
        negotiation.requested = requested;
        negotiation.cookie = body.cookie;
        negotiation.routing_token = body.routingToken;
        if (body.correlationInfo)
            negotiation.correlation_id = bytes::hex(std::as_bytes(std::span{body.correlationInfo->correlationId}));
    }
    std::string text = fmt::format("The client asks for a connection and offers {}", fmt::join(requested, ", "));
    if (!body.negReq) text += " (no negotiation data)";
    if (body.cookie) text += fmt::format(", cookie mstshash={}", *body.cookie);
    if (body.routingToken) text += fmt::format(", routing token \"{}\"", *body.routingToken);
    auto& o = add(pdu, "x224.connection-request", text + ".");
    o.stage = Stage::x224_negotiation;
    o.fields = {{"requested", requested}};
    if (body.cookie) o.fields.push_back({"cookie", *body.cookie});
    if (body.routingToken) o.fields.push_back({"token", *body.routingToken});
    if (body.negReq) o.fields.push_back({"flags", number(body.negReq->flags)});
    oddities(pdu, body.oddities);
}

void WireObserver::Connection::observe(const Pdu& pdu, const x224::ConnectionConfirm& body) {
    if (body.negFailure) {
        const auto code = body.negFailure->failureCode;
        const std::string name{codes::name_of(codes::Family::negotiation_failure, code)};
        wire_.negotiation.failure = code;
        auto& o = add(pdu, "x224.negotiation-failure",
                      fmt::format("The server refuses: RDP_NEG_FAILURE {}{}.", code, name.empty() ? "" : " " + name));
        o.stage = Stage::x224_negotiation;
        o.effect = Effect::failed;
        o.fields = {{"code", number(code)}, {"name", name}};
    } else {
        wire_.negotiation.selected = codes::protocol_text(body.negRsp ? body.negRsp->selectedProtocol : 0);
        auto& o = add(pdu, "x224.connection-confirm",
                      body.negRsp ? fmt::format("The server confirms and selects {}.", *wire_.negotiation.selected)
                                  : "The server confirms without negotiation data: standard RDP security.");
        o.stage = Stage::x224_negotiation;
        o.effect = Effect::passed;
        o.fields = {{"selected", *wire_.negotiation.selected}};
        if (body.negRsp) o.fields.push_back({"flags", number(body.negRsp->flags)});
    }
    oddities(pdu, body.oddities);
}

void WireObserver::Connection::observe(const Pdu& pdu, const x224::OtherTpdu& body) {
    const bool disconnect = body.code == static_cast<std::uint8_t>(x224::TpduCode::disconnect_request);
    auto& o =
        add(pdu, "x224.other",
            fmt::format("The {} sends X.224 {}.", side_name(pdu.from),
                        disconnect ? std::string{"Disconnect Request"} : fmt::format("TPDU 0x{:02X}", body.code)));
    o.stage = Stage::x224_negotiation;
    if (disconnect) o.effect = Effect::failed;
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"code", number(body.code)}};
    if (body.reason) o.fields.push_back({"reason", number(*body.reason)});
}

void WireObserver::Connection::observe(const Pdu& pdu, const mcs::DomainPdu& body) {
    using mcs::Kind;
    // [MS-RDPBCGR] 2.2.8.1.1.2.1: flags of the security header, which standard RDP security shows in the clear.
    constexpr std::uint16_t kInfoPkt = 0x0040, kLicensePkt = 0x0080;
    const bool data = body.kind == Kind::send_data_request || body.kind == Kind::send_data_indication;
    bytes::Cursor in{body.user_data};
    const std::uint16_t flags = data && body.user_data.size() >= 4 ? in.u16le("flags") : std::uint16_t{0};
    const bool info = body.kind == Kind::send_data_request && (flags & kInfoPkt) && !client_info_seen_;
    const bool licence =
        body.kind == Kind::send_data_indication && (flags & kLicensePkt) && !licence_seen_ && !pdu.inside;
    // What TLS carried follows in full.
    if (data && pdu.inside && joins_seen_) return;
    // The rest of the session's data says nothing that can be read without its keys, but for how much there is.
    if (data && !info && !licence && joins_seen_) return secured_data(pdu);

    std::string text = fmt::format("The {} sends MCS {}", side_name(pdu.from), mcs::name(body.kind));
    if (body.result)
        text += fmt::format(", result {} {}", *body.result, codes::name_of(codes::Family::mcs_result, *body.result));
    if (body.reason)
        text += fmt::format(", reason {} {}", *body.reason,
                            codes::name_of(codes::Family::mcs_disconnect_reason, *body.reason));
    if (info) text += " (Client Info)";
    if (licence) text += " (licensing)";
    auto& o = add(pdu, "mcs.pdu", text + ".");
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"name", std::string{mcs::name(body.kind)}}};
    if (body.result) o.fields.push_back({"result", number(*body.result)});
    if (body.reason) o.fields.push_back({"reason", number(*body.reason)});
    const bool refused = body.result.value_or(0) != 0;
    switch (body.kind) {
        case Kind::connect_initial:
            o.stage = Stage::mcs_connect;
            break;
        case Kind::connect_response:
            o.stage = Stage::mcs_connect;
            o.effect = refused ? Effect::failed : Effect::passed;
            break;
        case Kind::attach_user_confirm:
        case Kind::channel_join_confirm:
            o.stage = Stage::channel_join;
            if (body.kind == Kind::channel_join_confirm) ++joins_confirmed_;
            if (refused)
                o.effect = Effect::failed;
            else if (joins_expected_ > 0 && joins_confirmed_ == joins_expected_)
                o.effect = Effect::passed;
            else if (std::exchange(confirm_seen_, true))
                o.effect = Effect::noise;  // the first tells enough
            break;
        case Kind::disconnect_provider_ultimatum:
            break;  // at whatever stage that is
        case Kind::channel_join_request:
            o.stage = Stage::channel_join;
            if (std::exchange(join_seen_, true)) o.effect = Effect::noise;
            break;
        case Kind::send_data_request:
            o.stage = Stage::channel_join;
            o.effect = Effect::passed;
            joins_seen_ = true;
            client_info_seen_ = client_info_seen_ || info;
            break;
        case Kind::send_data_indication:
            if (licence) {
                o.stage = Stage::client_info;
                o.effect = Effect::passed;
                licence_seen_ = true;
            }
            break;
        default:
            o.stage = Stage::channel_join;
            break;
    }
}

// [MS-RDPBCGR] 1.3.1.1: after licensing each side sends five PDUs before the session is active: Demand Active or
// Confirm Active, Synchronize, Control twice, Font Map or Font List.
void WireObserver::Connection::secured_data(const Pdu& pdu) {
    constexpr unsigned kPdusOfFinalization = 5;
    if (!licence_seen_ || session_seen_) return;
    ++(pdu.from == stream::Side::client ? data_from_client_ : data_from_server_);
    if (data_from_client_ < kPdusOfFinalization || data_from_server_ < kPdusOfFinalization) return;
    session_seen_ = true;
    auto& o = add(pdu, "mcs.pdu",
                  "Both sides have sent as many PDUs after licensing as finalization takes: the session is active.");
    o.stage = Stage::session;
    o.effect = Effect::passed;
    o.basis = model::Basis::inferred;
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"name", std::string{mcs::name(mcs::Kind::other)}}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const handshake::FastPath&) {
    // [MS-RDPBCGR] 1.3.1.1: fast-path output begins when the connection sequence is over.
    if (pdu.from != stream::Side::server || session_seen_) return;
    if (pdu.inside && font_map_seen_) return session_traffic(pdu);
    session_seen_ = true;
    auto& o = add(pdu, "mcs.pdu", "The server sends fast-path output: the session is active.");
    o.stage = Stage::session;
    o.effect = Effect::passed;
    o.basis = model::Basis::inferred;
    o.fields = {{"from", std::string{"server"}}, {"name", std::string{"FastPathOutput"}}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::ClientHello& body) {
    std::vector<std::string> versions;
    for (const auto v : body.supported_versions)
        if ((v & 0x0F0FU) != 0x0A0AU) versions.push_back(tls::version_name(v));  // [RFC 8701] GREASE is no version
    if (versions.empty()) versions.push_back(tls::version_name(body.legacy_version));
    wire_.tls_seen = true;
    if (body.server_name && wire_.tls.sni.empty()) wire_.tls.sni = *body.server_name;
    auto& o = add(pdu, "tls.client-hello",
                  fmt::format("The client begins TLS: offers {}, {} cipher suites{}.", fmt::join(versions, ", "),
                              body.cipher_suites.size(), body.server_name ? ", server name " + *body.server_name : ""));
    o.stage = Stage::tls_handshake;
    std::vector<std::string> ciphers;
    for (const auto suite : body.cipher_suites) ciphers.push_back(suite_name(suite));
    o.fields = {{"version", tls::version_name(body.legacy_version)}, {"versions", versions}, {"ciphers", ciphers}};
    if (body.server_name) o.fields.push_back({"sni", *body.server_name});
}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::ServerHello& body) {
    wire_.tls_seen = true;
    wire_.tls.version = tls::version_name(body.version());
    wire_.tls.cipher = suite_name(body.cipher_suite);
    wire_.tls.tls13 = body.version() == 0x0304 || body.version() >> 8 == 0x7F;
    auto& o = add(pdu, "tls.server-hello",
                  body.hello_retry_request
                      ? fmt::format("The server asks for another ClientHello ({}).", wire_.tls.version)
                      : fmt::format("The server chooses {} with {}.", wire_.tls.version, wire_.tls.cipher));
    o.stage = Stage::tls_handshake;
    o.fields = {{"version", wire_.tls.version}, {"cipher", wire_.tls.cipher}};
}

// The Finished itself, where before there was a record that had to be it.
void WireObserver::Connection::finished(const Pdu& pdu) {
    Progress& p = progress(pdu.from);
    for (auto o = track_.seen.rbegin(); o != track_.seen.rend() && o->evidence.number == pdu.mark.frame; ++o) {
        if (o->kind != "tls.finished" || o->actor != party(pdu.from)) continue;
        o->basis = model::Basis::observed;
        o->text = fmt::format("The {} sends its TLS Finished.", side_name(pdu.from));
        return;
    }
    if (!wire_.tls.tls13) return;
    p.finished = true;
    p.finished_mark = pdu.mark;
    auto& o = add(pdu, "tls.finished", fmt::format("The {} sends its TLS Finished.", side_name(pdu.from)));
    o.stage = Stage::tls_handshake;
    o.fields = {{"from", std::string{side_name(pdu.from)}}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::HandshakeMessage& body) {
    if (body.type == static_cast<std::uint8_t>(tls::HandshakeType::finished) && body.opened) return finished(pdu);
    if (body.type != static_cast<std::uint8_t>(tls::HandshakeType::certificate)) return;
    // [RFC 8446] 4.4.2: of TLS 1.3 if it was encrypted; a renegotiation shows the same certificate again.
    const auto list = body.opened && wire_.tls.tls13 ? tls::parse_certificate_list_13(body.body, pdu.offset)
                                                     : tls::parse_certificate_list(body.body, pdu.offset);
    if (!list) return observe(pdu, handshake::Unparsed{"a TLS Certificate message", list.error()});
    if (!list->empty() && pdu.from == stream::Side::server) certificate(pdu, list->front());
}

void WireObserver::Connection::certificate(const Pdu& pdu, bytes::View der) {
    const auto cert = common_ ? common_->certificates.read(der) : tls::parse_certificate(der);
    if (!cert) {
        return observe(pdu, handshake::Unparsed{"an X.509 certificate",
                                                {bytes::Problem::bad_value, "certificate", pdu.offset, 0, der.size()}});
    }
    const model::Time when = pdu.mark.time;
    const bool expired = cert->not_after && when > *cert->not_after;
    const bool early = cert->not_before && when < *cert->not_before;
    if (!wire_.certificate)
        wire_.certificate = common_ ? common_->certificates.told(der, when)
                                    : std::make_shared<const model::Certificate>(convert(*cert, when));
    const auto day = [](const std::optional<bytes::Time>& t) {
        return t ? model::to_rfc3339(*t, model::Precision::micro).substr(0, 10) : std::string{"an unreadable date"};
    };
    auto& o = add(pdu, "tls.certificate",
                  fmt::format("The server shows its certificate: {}, issued by {}, valid {} to {}{}.", cert->subject,
                              cert->self_signed ? "itself" : cert->issuer, day(cert->not_before), day(cert->not_after),
                              expired ? ": it has expired"
                              : early ? ": it is not valid yet"
                                      : ""));
    o.stage = Stage::tls_handshake;
    o.fields = {{"subject", cert->subject},
                {"issuer", cert->issuer},
                {"sha1", cert->sha1},
                {"self_signed", flag(cert->self_signed)},
                {"expired", flag(expired)},
                {"not_yet_valid", flag(early)},
                {"names", cert->subject_alt_names},
                {"key", cert->key_algorithm},
                {"bits", number(cert->key_bits)}};
}

void WireObserver::Connection::observe(const Pdu&, const tls::ChangeCipherSpec&) {}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::Alert& body) {
    const std::string name{codes::name_of(codes::Family::tls_alert, body.description)};
    // [RFC 8446] 6: only close_notify and user_canceled do not end it with an error; their level says nothing.
    constexpr std::uint8_t kCloseNotify = 0, kUserCanceled = 90;
    const bool orderly = body.opened && (body.description == kCloseNotify || body.description == kUserCanceled);
    const bool fatal = body.level == 2 && !orderly;
    if (body.opened && !track_.seen.empty() && track_.seen.back().kind == "tls.encrypted-alert" &&
        track_.seen.back().evidence.number == pdu.mark.frame)
        track_.seen.pop_back();
    auto& o = add(pdu, "tls.alert",
                  fmt::format("The {} sends TLS alert {} {} ({}).", side_name(pdu.from), body.description,
                              name.empty() ? "(no known name)" : name, fatal ? "fatal" : "warning"));
    o.stage = Stage::tls_handshake;
    if (fatal) o.effect = Effect::failed;
    o.fields = {{"from", std::string{side_name(pdu.from)}},
                {"level", number(body.level)},
                {"description", number(body.description)},
                {"name", name},
                {"encrypted", flag(body.opened)}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::EncryptedAlert&) {
    auto& o = add(pdu, "tls.encrypted-alert", fmt::format("The {} sends an encrypted TLS alert.", side_name(pdu.from)));
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"inferred", flag(false)}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::EncryptedHandshake&) {
    Progress& p = progress(pdu.from);
    if (p.finished) return;  // renegotiation, or a session ticket
    p.finished = true;
    p.finished_mark = pdu.mark;
    auto& o = add(pdu, "tls.finished", fmt::format("The {} sends its TLS Finished (encrypted).", side_name(pdu.from)));
    o.stage = Stage::tls_handshake;
    o.fields = {{"from", std::string{side_name(pdu.from)}}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const tls::ApplicationData& body) {
    wire_.tls_seen = true;
    if (!wire_.tls.tls13) return encrypted(pdu, body.length);
    // TLS 1.3: the server's certificate and Finished, and the client's Finished, look like application data. The
    // client's first such record ends the handshake; what the server sent until then belongs to it.
    if (pdu.from == stream::Side::client && !client_.finished) {
        client_.finished = true;
        server_.finished = true;
        client_.finished_mark = pdu.mark;
        auto& o = add(pdu, "tls.finished", "The client sends what must be its TLS Finished (encrypted).");
        o.stage = Stage::tls_handshake;
        o.basis = model::Basis::inferred;
        o.fields = {{"from", std::string{"client"}}};
        return;
    }
    if (!client_.finished) return;
    encrypted(pdu, body.length);
}

void WireObserver::Connection::encrypted(const Pdu& pdu, std::uint16_t length) {
    // [RFC 8446] 5.2: two octets of alert, one of content type, sixteen of authentication tag.
    constexpr std::uint16_t kAlertRecord13 = 19;
    if (wire_.tls.tls13 && length == kAlertRecord13) {
        auto& o = add(pdu, "tls.encrypted-alert",
                      fmt::format("The {} sends a record of the size of an encrypted TLS alert.", side_name(pdu.from)));
        o.basis = model::Basis::inferred;
        o.fields = {{"from", std::string{side_name(pdu.from)}}, {"inferred", flag(true)}};
        return;
    }
    Progress& p = progress(pdu.from);
    if (!p.first_record) p.first_record = pdu.mark;
    ++p.records;
    p.bytes += length;
    if (p.sizes.size() < model::kSizesKept) p.sizes.push_back(length);
    if (wire_.records.size() < model::kRecordsKept)
        wire_.records.push_back({party(pdu.from),
                                 length,
                                 pdu.mark.time,
                                 {track_.input, model::Evidence::Kind::packet, pdu.mark.frame, pdu.mark.file_offset}});
}

void WireObserver::Connection::observe(const Pdu& pdu, const handshake::Foreign& body) {
    const bool server = pdu.from == stream::Side::server;
    auto& o = add(pdu, "stream.foreign",
                  body.protocol.empty()
                      ? fmt::format("The {} sends bytes that are not RDP's ({}).", side_name(pdu.from),
                                    bytes::hex(body.head.first(std::min<std::size_t>(body.head.size(), 12))))
                      : fmt::format("The {} speaks {}, not RDP.", side_name(pdu.from), body.protocol));
    o.stage = Stage::x224_negotiation;
    // Only bytes in place of the answer to a request tell that another service listens.
    if (server && pdu.offset == 0 && client_.any) o.effect = Effect::failed;
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"protocol", std::string{body.protocol}}};
    if (pdu.offset == 0) wire_.another_protocol = true;
}

void WireObserver::Connection::observe(const Pdu& pdu, const handshake::Gap& body) {
    auto& o = add(pdu, "stream.gap",
                  fmt::format("{} bytes of the {} are not in the capture.", body.bytes, side_name(pdu.from)));
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"bytes", number(body.bytes)}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const handshake::Unparsed& body) {
    auto& o = add(pdu, "stream.unparsed",
                  fmt::format("The {} sent something that is not {}: {}.", side_name(pdu.from), body.what,
                              bytes::describe(body.error)));
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"what", body.what}};
}

}  // namespace rdpdx::observe
