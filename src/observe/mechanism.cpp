#include "src/observe/mechanism.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "parsers/bytes/overload.hpp"
#include "src/codes/codes.hpp"
#include "src/observe/convert.hpp"

namespace rdpdx::observe {

using model::Field;

Told told(const credssp::Mechanism& mechanism) {
    Told out;
    const auto message = [&](const char* of, const char* name) {
        out.fields = {{"mechanism", std::string{of}}, {"message", std::string{name}}};
        out.text = fmt::format("{} {}", of, name);
    };
    std::visit(
        bytes::Overload{
            [](const std::monostate&) {},
            [&](const credssp::NtlmNegotiate&) { message("NTLM", "NEGOTIATE"); },
            [&](const credssp::NtlmChallenge& m) {
                message("NTLM", "CHALLENGE");
                if (!m.targetName.empty()) out.text += " of " + m.targetName;
                set(out.fields, "target", m.targetName);
                if (m.targetInfo) set(out.fields, "server", m.targetInfo->dnsComputerName);
            },
            [&](const credssp::NtlmAuthenticate& m) {
                message("NTLM", "AUTHENTICATE");
                out.text += fmt::format(" for {}", account(m.domainName, m.userName));
                if (!m.workstation.empty()) out.text += " from " + m.workstation;
                if (m.response == credssp::NtlmResponse::v1) out.text += ", NTLM version 1";
                set(out.fields, "user", m.userName);
                set(out.fields, "domain", m.domainName);
                set(out.fields, "workstation", m.workstation);
                if (m.targetInfo) set(out.fields, "target", m.targetInfo->targetName);
                if (m.response != credssp::NtlmResponse::none)
                    out.fields.push_back({"ntlm_version", number(m.response == credssp::NtlmResponse::v1 ? 1 : 2)});
                out.fields.push_back({"mic", flag(m.mic)});
            },
            [&](const credssp::ApReq& m) {
                message("Kerberos", "AP-REQ");
                out.text += fmt::format(" for {}", m.sname);
                set(out.fields, "target", m.sname);
                set(out.fields, "domain", m.realm);
            },
            [&](const credssp::ApRep&) { message("Kerberos", "AP-REP"); },
            [&](const credssp::KrbError& m) {
                message("Kerberos", "KRB-ERROR");
                out.text += fmt::format(" {} {}", m.errorCode, codes::name_of(codes::Family::kerberos, m.errorCode));
                set(out.fields, "domain", m.realm);
                set(out.fields, "target", m.sname);
                out.fields.push_back({"kerberos_error", number(m.errorCode)});
            },
            [&](const credssp::UserToUser& m) {
                message("Kerberos user-to-user", m.msgType == 16 ? "TGT-REQ" : "TGT-REP");
                set(out.fields, "target", m.serverName);
            },
            [&](const credssp::NegoEx&) { message("NegoEx", "messages"); },
        },
        mechanism);
    return out;
}

std::string offered(const credssp::SecurityToken& token) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& oid) {
        const auto name = credssp::mech_name(oid);
        if (!oid.empty()) names.emplace_back(name.empty() ? std::string_view{oid} : name);
    };
    if (token.negTokenInit)
        for (const auto& oid : token.negTokenInit->mechTypes) add(oid);
    if (token.negTokenResp) add(token.negTokenResp->supportedMech);
    if (names.empty()) return {};
    return fmt::format("{} {}", token.negTokenInit ? "SPNEGO offers" : "SPNEGO takes", fmt::join(names, ", "));
}

}  // namespace rdpdx::observe
