#include "src/diagnose/inference_messages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::diagnose {
namespace {

using model::Party;
using model::Wire;

void find_close(const Wire& wire, Exchange& out) {
    const auto& c = wire.client.closing;
    const auto& s = wire.server.closing;
    if (!c && !s) return;
    const bool client = c && (!s || c->time <= s->time);
    out.close = client ? c : s;
    out.closer = client ? Party::client : Party::server;
}

// A sender of TLS 1.0 that guards its vectors puts the first byte of each message, or nothing, into a record of its
// own.
Messages rejoined(const Messages& records) {
    constexpr std::uint32_t kNoFirstMessage = 40;  // a TSRequest and a Connect-Initial are longer
    if (records.empty() || records.front().plain.least > 1 || records.front().plain.most >= kNoFirstMessage)
        return records;
    Messages out;
    for (std::size_t i = 1; i < records.size(); i += 2) {
        out.push_back(records[i]);
        ++out.back().plain.most;
    }
    return out;
}

// [RFC 8446] 4.6.1: tickets come before the server's first message, which answers one of the client. OpenSSL sends two
// of one length at once.
void drop_tickets(Exchange& exchange) {
    constexpr std::uint32_t kLeastTicket = 60;
    Messages& s = exchange.server;
    std::size_t tickets = 0;
    while (tickets < s.size() && (exchange.client.empty() || s[tickets].place < exchange.client.front().place))
        ++tickets;
    std::size_t alike = tickets;
    while (alike + 1 < s.size() && s[alike].plain.least >= kLeastTicket && s[alike].plain == s[alike + 1].plain)
        ++alike;
    if (alike > tickets) tickets = alike + 1;
    s.erase(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(tickets));
}

}  // namespace

std::optional<Exchange> exchange_of(const Wire& wire) {
    const auto overhead = overhead_of(wire.tls);
    if (!overhead) return {};
    Exchange out;
    find_close(wire, out);
    std::size_t place = 0;
    for (const model::EncryptedRecord& r : wire.records) {
        ++place;
        // What a side sent to one that had closed was not answered, and proves nothing.
        if (out.close && r.time > out.close->time) continue;
        const auto plain = plaintext_of(*overhead, r.length);
        if (!plain) return {};
        (r.from == Party::client ? out.client : out.server).push_back({*plain, place, &r});
    }
    if (overhead->splits) {
        out.client = rejoined(out.client);
        out.server = rejoined(out.server);
    }
    if (wire.tls.tls13) drop_tickets(out);
    out.whole = wire.client.encrypted_records + wire.server.encrypted_records <= wire.records.size();
    return out;
}

Inference inferred(const Exchange& exchange, std::string_view rule, model::Stage stage, const Message* last,
                   std::string text, std::vector<model::Stage> alternatives) {
    Inference out;
    out.rule = rule;
    out.stage = stage;
    out.alternatives = std::move(alternatives);
    out.text = std::move(text);
    if (last) {
        out.time = last->record->time;
        out.evidence = last->record->evidence;
    } else if (exchange.close) {
        out.time = exchange.close->time;
        out.evidence = exchange.close->evidence;
    }
    if (exchange.close && stage != model::Stage::session)
        out.text +=
            fmt::format("; then the {} closes (frame {})", exchange.closer == Party::client ? "client" : "server",
                        exchange.close->evidence.number);
    out.text = fmt::format("What the sizes and the order of encrypted records tell: {} (rule {}).", out.text, rule);
    return out;
}

}  // namespace rdpdx::diagnose
