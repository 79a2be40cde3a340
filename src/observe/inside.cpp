// What TLS carried, where it could be opened: CredSSP and its like. One overload a PDU.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/codes/codes.hpp"
#include "src/observe/connection.hpp"
#include "src/observe/convert.hpp"
#include "src/observe/mechanism.hpp"

namespace rdpdx::observe {

using model::Effect;
using model::Field;
using model::Stage;

namespace {

std::string_view status_name(std::uint32_t code) {
    const auto* row = codes::find_status(code);
    return row ? row->name : std::string_view{};
}

std::string content(const credssp::TsRequest& body, std::vector<std::string>& parts) {
    std::vector<std::string> clauses;
    if (!body.negoTokens.empty()) parts.emplace_back("negoTokens");
    if (body.pubKeyAuthLength) {
        parts.emplace_back("pubKeyAuth");
        clauses.emplace_back("a proof over the server's public key");
    }
    if (body.authInfoLength) {
        parts.emplace_back("authInfo");
        clauses.emplace_back("the credentials");
    }
    if (body.errorCode) parts.emplace_back("errorCode");
    return fmt::format("{}", fmt::join(clauses, ", "));
}

}  // namespace

void WireObserver::Connection::observe(const Pdu& pdu, const tls::Opening& body) {
    using State = tls::Opening::State;
    const std::string who{side_name(pdu.from)};
    const auto say = [&](const char* state, std::string text) {
        auto& o = add(pdu, "tls.decryption", std::move(text));
        o.fields = {{"from", who}, {"state", std::string{state}}};
    };
    switch (body.state) {
        case State::opens:
            progress(pdu.from).opened = true;
            if (client_.opened && server_.opened) wire_.opened = true;
            return;
        case State::fails:
            wire_.secrets = "wrong";
            if (body.opened_before)
                return say("record-fails",
                           fmt::format("A record of the {} does not open: {}. What it held is missing below.", who,
                                       bytes::describe(body.error)));
            return say("wrong-secret",
                       fmt::format("The secret that was given for this connection does not open the {}'s "
                                   "records: {}.",
                                   who, bytes::describe(body.error)));
        case State::server_hello:
            wire_.secrets = "no-hello";
            return say("no-hello",
                       "Secrets were given, but the hellos of this connection, which say what they open, are "
                       "not in the capture.");
        case State::secret:
            wire_.secrets = "missing";
            return say("no-secret",
                       fmt::format("None of the secrets that were given is of this connection ({}).", who));
        case State::cipher:
            wire_.secrets = "unsupported";
            return say("unsupported", "The cipher suite of this connection is not one that can be opened here.");
    }
}

void WireObserver::Connection::observe(const Pdu& pdu, const credssp::TsRequest& body) {
    std::vector<std::string> parts;
    std::string text = content(body, parts);
    model::Fields fields{
        {"from", std::string{side_name(pdu.from)}}, {"version", number(body.version)}, {"content", parts}};
    for (const auto& token : body.negoTokens) {
        Told what = told(token.mechanism);
        if (what.text.empty()) what.text = offered(token);
        if (!what.text.empty()) text = text.empty() ? what.text : what.text + ", " + text;
        for (Field& f : what.fields.edit()) {
            if (f.name == "user") identity_.user = std::get<std::string>(f.value);
            if (f.name == "domain" && what.text.starts_with("NTLM")) identity_.domain = std::get<std::string>(f.value);
            fields.push_back(std::move(f));
        }
    }
    if (body.errorCode) {
        const std::string name{status_name(*body.errorCode)};
        text = fmt::format("error {} {}", hex32(*body.errorCode), name);
        fields.push_back({"error", number(*body.errorCode)});
        set(fields, "error_name", name);
    }
    auto& o = add(pdu, "credssp.pdu",
                  fmt::format("The {} sends CredSSP (version {}){}{}.", side_name(pdu.from), body.version,
                              text.empty() ? "" : ": ", text));
    o.stage = Stage::credssp;
    o.fields = std::move(fields);
    if (body.errorCode && *body.errorCode != 0) {
        o.effect = Effect::failed;
        credssp_refused_ = true;
    }
    if (body.authInfoLength && pdu.from == stream::Side::client) credentials_sent_ = track_.seen.size() - 1;
}

void WireObserver::Connection::observe(const Pdu& pdu, const credssp::EarlyUserAuthorizationResult& body) {
    const std::string name{credssp::authorization_result_name(body.authorizationResult)};
    auto& o =
        add(pdu, "credssp.early-authorization",
            fmt::format("The server's Early User Authorization Result is {} {}.", body.authorizationResult, name));
    o.stage = Stage::early_authorization;
    o.effect = body.authorizationResult == 0 ? Effect::passed : Effect::failed;
    o.fields = {{"result", number(body.authorizationResult)}, {"name", name}};
}

void WireObserver::Connection::observe(const Pdu& pdu, const credssp::RdstlsPdu& body) {
    static constexpr std::array<const char*, 5> kTypes{"?", "capabilities", "authentication request", "?",
                                                       "authentication response"};
    const std::string type = body.pduType < kTypes.size() ? kTypes[body.pduType] : "?";
    std::string text = fmt::format("The {} sends RDSTLS {}", side_name(pdu.from), type);
    if (body.resultCode)
        text += fmt::format(", result 0x{:X} {}", *body.resultCode, credssp::rdstls_result_name(*body.resultCode));
    if (!body.userName.empty()) text += " for " + account(body.domain, body.userName);
    auto& o = add(pdu, "rdstls.pdu", text + ".");
    o.stage = Stage::credssp;
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"type", type}};
    if (body.resultCode) {
        o.effect = *body.resultCode == 0 ? Effect::passed : Effect::failed;
        o.fields.push_back({"result", number(*body.resultCode)});
        set(o.fields, "name", std::string{credssp::rdstls_result_name(*body.resultCode)});
    }
    set(o.fields, "user", body.userName);
    set(o.fields, "domain", body.domain);
}

void WireObserver::Connection::observe(const Pdu& pdu, const credssp::RdsAadPdu& body) {
    const std::string type{credssp::rds_aad_type(body)};
    std::string text = fmt::format("The {} sends RDS-AAD {}", side_name(pdu.from), type.empty() ? "?" : type);
    std::string name;
    // A status is written as a signed number or an unsigned one; both are the same 32 bits.
    const bool status = body.authenticationResult && *body.authenticationResult >= INT32_MIN &&
                        *body.authenticationResult <= std::int64_t{UINT32_MAX};
    const auto code = static_cast<std::uint32_t>(body.authenticationResult.value_or(0));
    if (status && code != 0) name = status_name(code);
    if (status) text += fmt::format(", result {} {}", code == 0 ? "0" : hex32(code), code == 0 ? "success" : name);
    if (body.authenticationResult && !status) text += fmt::format(", result {}", *body.authenticationResult);
    while (text.ends_with(' ')) text.pop_back();
    auto& o = add(pdu, "rdsaad.pdu", text + ".");
    o.stage = Stage::credssp;
    o.fields = {{"from", std::string{side_name(pdu.from)}}, {"type", type}};
    if (!body.authenticationResult) return;
    o.fields.push_back({"result", status ? number(code) : number(*body.authenticationResult)});
    // Only the server judges.
    if (pdu.from == stream::Side::server) o.effect = *body.authenticationResult == 0 ? Effect::passed : Effect::failed;
}

}  // namespace rdpdx::observe
