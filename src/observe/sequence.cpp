// From the connect messages of MCS to the session, and how it ends. One overload a PDU.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "parsers/rdp/names.hpp"
#include "parsers/tls/digest.hpp"
#include "src/codes/codes.hpp"
#include "src/observe/connection.hpp"
#include "src/observe/convert.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Stage;

namespace {

std::string from(const stream::Side side) { return std::string{side_name(side)}; }

std::string hex(std::uint32_t value) { return fmt::format("0x{:X}", value); }

// [MS-RDPBCGR] 2.2.1.3.2, version: 0x00080004 is RDP 5.0 to 8.1, 0x00080005 and up are RDP 10.
std::string version_text(std::uint32_t version) { return fmt::format("{}.{}", version >> 16, version & 0xFFFFU); }

}  // namespace

void WireObserver::Connection::observe(const Pdu& pdu, const mcs::ConnectInitial& body) {
    const mcs::UserData& user = body.userData;
    std::vector<std::string> channels;
    if (user.network)
        for (const auto& c : user.network->channelDefArray) channels.push_back(c.name);
    auto& o = add(pdu, "gcc.client", "");
    o.stage = Stage::mcs_connect;
    o.fields = {{"channels", channels}};
    std::string text = "The client introduces itself";
    if (user.core) {
        text +=
            fmt::format(": {}, build {}, version {}", user.core->clientName.empty() ? "no name" : user.core->clientName,
                        user.core->clientBuild, version_text(user.core->version));
        o.fields.push_back({"name", user.core->clientName});
        o.fields.push_back({"build", number(user.core->clientBuild)});
        o.fields.push_back({"version", number(user.core->version)});
        if (user.core->earlyCapabilityFlags)
            o.fields.push_back({"early_capabilities", number(*user.core->earlyCapabilityFlags)});
    }
    if (user.security) o.fields.push_back({"encryption_methods", number(user.security->encryptionMethods)});
    o.text = text + fmt::format("; virtual channels: {}.",
                                channels.empty() ? "none" : fmt::format("{}", fmt::join(channels, ", ")));
}

void WireObserver::Connection::observe(const Pdu& pdu, const mcs::ConnectResponse& body) {
    const mcs::UserData& user = body.userData;
    if (user.serverNetwork) {
        // The user's own channel and the I/O channel are joined besides.
        joins_expected_ = static_cast<unsigned>(user.serverNetwork->channelIdArray.size()) + 2;
        if (user.serverMessageChannel) ++joins_expected_;
    }
    auto& o = add(pdu, "gcc.server", "The server describes itself");
    o.stage = Stage::mcs_connect;
    if (user.serverCore) {
        o.text += fmt::format(": version {}", version_text(user.serverCore->version));
        o.fields.push_back({"version", number(user.serverCore->version)});
        if (user.serverCore->earlyCapabilityFlags)
            o.fields.push_back({"early_capabilities", number(*user.serverCore->earlyCapabilityFlags)});
    }
    if (user.serverSecurity) {
        o.text += fmt::format("; encryption method {}, level {}", hex(user.serverSecurity->encryptionMethod),
                              user.serverSecurity->encryptionLevel);
        o.fields.push_back({"encryption_method", number(user.serverSecurity->encryptionMethod)});
        o.fields.push_back({"encryption_level", number(user.serverSecurity->encryptionLevel)});
    }
    if (user.serverNetwork) o.fields.push_back({"channels", number(user.serverNetwork->channelCount)});
    o.text += ".";
}

void WireObserver::Connection::observe(const Pdu& pdu, const handshake::SecurityPdu& body) {
    std::visit([&](const auto& inner) { secured_pdu(pdu, body, inner); }, body.body);
}

void WireObserver::Connection::secured_pdu(const Pdu&, const handshake::SecurityPdu&, const std::monostate&) {}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&, const rdp::InfoPacket& body) {
    if (!body.userName.empty()) identity_ = {body.userName, body.domain};
    auto& o = add(pdu, "rdp.client-info",
                  fmt::format("The client tells who wants to log on: {}{}.",
                              body.userName.empty() ? "no user name" : account(body.domain, body.userName),
                              body.password ? ", with a password" : ", without a password"));
    o.stage = Stage::client_info;
    o.fields = {{"user", body.userName}, {"domain", body.domain}, {"password", flag(body.password)}};
    if (!body.extraInfo) return;
    o.fields.push_back({"client_address", body.extraInfo->clientAddress});
    if (body.extraInfo->timeZoneBias) o.fields.push_back({"time_zone_bias", number(*body.extraInfo->timeZoneBias)});
}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&, const rdp::LicensePdu& body) {
    const std::string message{rdp::license_message_name(body.bMsgType)};
    auto& o = add(pdu, "rdp.license",
                  fmt::format("The {} sends a licensing message: {}", side_name(pdu.from),
                              message.empty() ? hex(body.bMsgType) : message));
    o.stage = Stage::licensing;
    o.fields = {{"from", from(pdu.from)}, {"message", message}};
    if (const auto* error = std::get_if<rdp::LicenseErrorMessage>(&body.message)) {
        // [MS-RDPBCGR] 2.2.1.12.1.3: the error that is none.
        constexpr std::uint32_t kStatusValidClient = 7;
        const bool good = error->dwErrorCode == kStatusValidClient;
        const std::string name{codes::name_of(codes::Family::license_error, error->dwErrorCode)};
        const std::string transition{codes::name_of(codes::Family::license_transition, error->dwStateTransition)};
        o.effect = good ? Effect::passed : Effect::failed;
        o.text += fmt::format(", {} {}, {}", error->dwErrorCode, name, transition);
        o.fields.push_back({"code", number(error->dwErrorCode)});
        o.fields.push_back({"name", name});
        o.fields.push_back({"transition", transition});
    } else if (std::holds_alternative<rdp::ServerLicense>(body.message)) {
        o.effect = Effect::passed;
    } else if (const auto* request = std::get_if<rdp::ServerLicenseRequest>(&body.message)) {
        o.fields.push_back({"company", request->companyName});
        o.fields.push_back({"product", request->productId});
    }
    o.text += ".";
    // The server goes on: Client Info was taken.
    if (pdu.from != stream::Side::server || std::exchange(licence_seen_, true)) return;
    auto& taken = add(pdu, "mcs.pdu", "The server goes on from Client Info to licensing.");
    taken.stage = Stage::client_info;
    taken.effect = Effect::passed;
    taken.fields = {{"from", from(pdu.from)}, {"name", std::string{"SendDataIndication"}}};
}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&, const rdp::AutoDetect& body) {
    const std::string name{rdp::auto_detect_name(body.headerTypeId, body.requestType)};
    auto& o = add(pdu, "rdp.auto-detect",
                  fmt::format("The {} sends {}.", side_name(pdu.from), name.empty() ? "auto-detection" : name));
    o.effect = Effect::noise;
    o.fields = {{"from", from(pdu.from)}, {"name", name}};
    if (body.baseRTT) o.fields.push_back({"base_rtt_ms", number(*body.baseRTT)});
    if (body.averageRTT) o.fields.push_back({"average_rtt_ms", number(*body.averageRTT)});
    if (body.bandwidth) o.fields.push_back({"bandwidth_kbps", number(*body.bandwidth)});
}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&, const rdp::Heartbeat& body) {
    if (std::exchange(heartbeat_seen_, true)) return;  // one tells enough
    auto& o = add(pdu, "rdp.heartbeat", fmt::format("The server sends heartbeats, one every {} s.", body.period));
    o.effect = Effect::noise;
    o.fields = {{"period_s", number(body.period)}};
}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&,
                                           const rdp::InitiateMultitransportRequest& body) {
    auto& o = add(pdu, "rdp.multitransport-request",
                  fmt::format("The server asks for a side channel over UDP ({}), request {}.",
                              body.requestedProtocol == 1 ? "reliable" : "lossy", body.requestId));
    o.stage = Stage::multitransport_request;
    // [MS-RDPEUDP] 2.2.2.9: the client shows the hash in its SYN. The cookie is a secret and goes no further than here.
    o.fields = {{"request", number(body.requestId)},
                {"protocol", number(body.requestedProtocol)},
                {"cookie_hash", tls::sha256_text(body.securityCookie)}};
}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&,
                                           const rdp::MultitransportResponse& body) {
    const bool good = (body.hrResponse & 0x80000000U) == 0;
    const std::string name{codes::name_of(codes::Family::hresult, body.hrResponse)};
    auto& o = add(pdu, "rdp.multitransport-response",
                  fmt::format("The client {} the side channel over UDP: {} {}.", good ? "takes" : "declines",
                              hex32(body.hrResponse), name));
    o.stage = Stage::multitransport_request;
    o.effect = good ? Effect::passed : Effect::failed;
    o.fields = {{"request", number(body.requestId)}, {"code", number(body.hrResponse)}, {"name", name}};
}

void WireObserver::Connection::secured_pdu(const Pdu& pdu, const handshake::SecurityPdu&,
                                           const rdp::ServerRedirectionPacket& body) {
    redirection(pdu, body);
}

void WireObserver::Connection::redirection(const Pdu& pdu, const rdp::ServerRedirectionPacket& body) {
    const std::string target = !body.targetFQDN.empty()          ? body.targetFQDN
                               : !body.targetNetAddress.empty()  ? body.targetNetAddress
                               : !body.targetNetBiosName.empty() ? body.targetNetBiosName
                                                                 : std::string{};
    auto& o = add(pdu, "rdp.redirection",
                  fmt::format("The server sends the client elsewhere: {}, session {}.",
                              target.empty() ? "(load balance information)" : target, body.sessionId));
    o.fields = {{"target", target},
                {"addresses", body.targetNetAddresses},
                {"session", number(body.sessionId)},
                {"flags", number(body.redirFlags)},
                {"user", body.userName},
                {"domain", body.domain}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const handshake::SharePdu& body) {
    if (const auto* error = std::get_if<rdp::SetErrorInfo>(&body.body)) return error_info(pdu, *error);
    if (const auto* info = std::get_if<rdp::SaveSessionInfo>(&body.body)) return session_info(pdu, *info);
    if (const auto* packet = std::get_if<rdp::ServerRedirectionPacket>(&body.body)) return redirection(pdu, *packet);

    const std::string name{body.data ? rdp::pdu_type2_name(body.data->pduType2)
                                     : rdp::pdu_type_name(body.control.type())};
    constexpr std::string_view kFontMap = "PDUTYPE2_FONTMAP";
    const bool demand = name == "PDUTYPE_DEMANDACTIVEPDU", confirm = name == "PDUTYPE_CONFIRMACTIVEPDU";
    const bool finalization = std::holds_alternative<rdp::Synchronize>(body.body) ||
                              std::holds_alternative<rdp::Control>(body.body) ||
                              std::holds_alternative<rdp::FontPdu>(body.body) || name == kFontMap;
    const bool server = pdu.from == stream::Side::server;
    if (!demand && !confirm && !finalization && name != "PDUTYPE_DEACTIVATEALLPDU" &&
        name != "PDUTYPE2_SHUTDOWN_REQUEST" && name != "PDUTYPE2_SHUTDOWN_DENIED") {
        if (server && font_map_seen_) session_traffic(pdu);
        return;  // pictures, input
    }
    auto& o = add(pdu, "rdp.share", fmt::format("The {} sends {}", side_name(pdu.from), name));
    o.fields = {{"from", from(pdu.from)}, {"type", name}};
    if (demand || confirm) {
        // [MS-RDPBCGR] 1.3.1.3: in a session it is a reactivation, which says nothing new.
        o.stage = Stage::capability_exchange;
        if (confirm) o.effect = Effect::passed;
        if (demand && !session_seen_) licence_seen_ = true;
    } else if (finalization) {
        o.stage = Stage::finalization;
        if (const auto* control = std::get_if<rdp::Control>(&body.body)) {
            static constexpr std::array<const char*, 5> kActions{"?", "request control", "granted control", "detach",
                                                                 "cooperate"};
            const std::string action = control->action < kActions.size() ? kActions[control->action] : "?";
            o.text += fmt::format(" ({})", action);
            o.fields.push_back({"action", action});
        }
        if (name == kFontMap && server) {
            o.effect = Effect::passed;
            font_map_seen_ = true;
        }
    }
    o.text += ".";
}

void WireObserver::Connection::error_info(const Pdu& pdu, const rdp::SetErrorInfo& body) {
    const std::string name{codes::name_of(codes::Family::error_info, body.errorInfo)};
    const auto* code = codes::find(codes::Family::error_info, body.errorInfo);
    auto& o = add(pdu, "rdp.error-info",
                  fmt::format("The server says why it ends the connection: Set Error Info 0x{:X} {}. {}",
                              body.errorInfo, name, code ? code->meaning : "No public document names this code."));
    o.fields = {{"code", number(body.errorInfo)}, {"name", name}};
    if (body.errorInfo == 0)
        o.text = "The server sends Set Error Info 0: no error.";
    else
        o.effect = Effect::failed;
}

void WireObserver::Connection::session_info(const Pdu& pdu, const rdp::SaveSessionInfo& body) {
    static constexpr std::array<const char*, 4> kTypes{"logon", "logon", "notification", "extended"};
    const std::string type = body.infoType < kTypes.size() ? kTypes[body.infoType] : "?";
    auto& o = add(pdu, "rdp.session-info", "");
    o.stage = Stage::session;
    o.fields = {{"type", type}};
    std::string text = "The server says that a user is logged on";
    if (const auto* logon = std::get_if<rdp::LogonInfo>(&body.infoData)) {
        text += fmt::format(": {}, session {}", account(logon->domain, logon->userName), logon->sessionId);
        o.fields.push_back({"user", logon->userName});
        o.fields.push_back({"domain", logon->domain});
        o.fields.push_back({"session", number(logon->sessionId)});
        if (!logon->userName.empty()) identity_ = {logon->userName, logon->domain};
    }
    const auto* extended = std::get_if<rdp::LogonInfoExtended>(&body.infoData);
    if (extended && extended->logonErrors) {
        const auto& errors = *extended->logonErrors;
        text = fmt::format("The server tells of the logon: notification {}, data {}",
                           hex32(errors.errorNotificationType), errors.errorNotificationData);
        o.fields.push_back({"notification", number(errors.errorNotificationType)});
        o.fields.push_back({"data", number(errors.errorNotificationData)});
    } else if (extended) {
        text = "The server gives the client what it needs to reconnect by itself";
    }
    if (!extended || !extended->logonErrors) o.effect = Effect::passed;
    if (o.effect == Effect::passed) session_seen_ = true;
    o.text = text + ".";
}

// [MS-RDPBCGR] 1.3.1.1: pictures come when the connection sequence is over.
void WireObserver::Connection::session_traffic(const Pdu& pdu) {
    if (std::exchange(session_seen_, true)) return;
    auto& o = add(pdu, "rdp.share", "The server sends what the screen shows: the session is active.");
    o.stage = Stage::session;
    o.effect = Effect::passed;
    o.fields = {{"from", from(pdu.from)}, {"type", std::string{"session traffic"}}};
}

}  // namespace rdpdx::observe
