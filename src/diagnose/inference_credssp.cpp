// From the end of the TLS handshake to the MCS Connect-Response.
#include <fmt/format.h>

#include <algorithm>

#include "src/diagnose/inference_messages.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Stage;

// [MS-CSSP] 3.1.5: no mechanism needs fewer messages of the client than token, proof of the key, credentials.
constexpr std::size_t kLeastTurns = 3;

// A ticket alone is longer than any token of NTLM.
std::string_view mechanism_of(const Exchange& e) {
    constexpr std::uint32_t kKerberosToken = 1000, kNtlmNegotiate = 200, kNtlmChallenge = 600;
    for (std::size_t i = 0; i < std::min<std::size_t>(e.client.size(), kLeastTurns); ++i)
        if (e.client[i].plain.least >= kKerberosToken) return "CredSSP with tokens of Kerberos' size";
    if (!e.client.empty() && e.client[0].plain.most <= kNtlmNegotiate &&
        (e.server.empty() || e.server[0].plain.most <= kNtlmChallenge))
        return "CredSSP with tokens of NTLM's size";
    return "CredSSP";
}

const Message* last_of(const Messages& messages) { return messages.empty() ? nullptr : &messages.back(); }

std::optional<Inference> connect_initial(const Exchange& e, const Message& initial, std::vector<Stage> also) {
    const Message* answer = last_of(e.server);
    if (!answer || answer->place < initial.place)
        return inferred(e, "connect-initial", Stage::mcs_connect, &initial,
                        "the client sends an MCS Connect-Initial, and no answer comes", std::move(also));
    if (!fits(*answer, kUltimatum)) also.push_back(Stage::channel_join);
    return inferred(e, "connect-response", Stage::mcs_connect, answer,
                    "the server answers the MCS Connect-Initial, and the client does not go on", std::move(also));
}

std::optional<Inference> without_credssp(const Exchange& e) {
    if (e.client.size() != 1 || !at_least(e.client[0], kLeastConnectInitial)) return {};
    return connect_initial(e, e.client[0], {});
}

std::optional<Inference> early_authorization(const Exchange& e) {
    const auto result = std::ranges::find_if(e.server, [](const Message& m) { return fits(m, kAuthorizationResult); });
    if (result == e.server.end() || e.client.size() < kLeastTurns - 1) return {};
    const auto next = std::ranges::find_if(e.client, [&](const Message& m) { return m.place > result->place; });
    if (next == e.client.end())
        return inferred(
            e, "early-authorization", Stage::early_authorization, &*result,
            "the server sends an Early User Authorization Result, four bytes, and the client does not go on",
            {Stage::mcs_connect});
    if (!at_least(*next, kLeastConnectInitial) || next + 1 != e.client.end()) return {};
    return connect_initial(e, *next, {});
}

// With HYBRID the client goes on to MCS without waiting for a word behind its credentials.
const Message* initial_behind_credentials(const Exchange& e) {
    for (std::size_t i = 1; i + 1 < e.client.size(); ++i) {
        const Message& a = e.client[i];
        const Message& b = e.client[i + 1];
        const bool answered =
            std::ranges::any_of(e.server, [&](const Message& m) { return m.place > a.place && m.place < b.place; });
        if (!answered && at_least(b, kLeastConnectInitial)) return &b;
    }
    return nullptr;
}

std::optional<Inference> credssp(const Exchange& e, bool extended) {
    const Message& spoke = e.client.back();
    const Message* heard = last_of(e.server);
    const std::string mechanism{mechanism_of(e)};
    if (heard && heard->place > e.client.front().place && fits(*heard, kErrorCodeOnly))
        return inferred(e, "credssp-error", Stage::credssp, heard,
                        mechanism + ": the server sends a TSRequest that has room for an error code alone");
    if (extended) {
        if (auto found = early_authorization(e)) return found;
    } else if (const Message* initial = initial_behind_credentials(e)) {
        if (initial != &e.client.back()) return {};
        return connect_initial(e, *initial, {Stage::credssp});
    }
    std::vector<Stage> also;
    if (e.client.size() >= kLeastTurns) {
        if (extended) also.push_back(Stage::early_authorization);
        if (!extended || (heard && heard->place > spoke.place)) also.push_back(Stage::mcs_connect);
    }
    if (heard && heard->place > spoke.place)
        return inferred(e, "credssp-left", Stage::credssp, heard,
                        fmt::format("{}: the client does not go on after the server's answer", mechanism), also);
    return inferred(e, "credssp-unanswered", Stage::credssp, &spoke,
                    fmt::format("{}: message {} of the client gets no answer", mechanism, e.client.size()), also);
}

}  // namespace

std::optional<Inference> infer_until_mcs(const model::Wire& wire, const Exchange& e) {
    if (!e.whole) return {};
    if (e.client.empty()) {
        if (e.closer != model::Party::client) return {};
        return inferred(e, "left-after-tls", Stage::tls_handshake, nullptr,
                        "the client sends nothing behind its TLS Finished");
    }
    const std::string selected = wire.negotiation.selected.value_or("");
    if (selected == "SSL") return without_credssp(e);
    if (selected == "HYBRID" || selected == "HYBRID_EX") return credssp(e, selected == "HYBRID_EX");
    return {};
}

}  // namespace rdpdx::diagnose
