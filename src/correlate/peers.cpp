#include "src/correlate/peers.hpp"

#include <algorithm>

#include "src/model/text.hpp"

namespace rdpdx::correlate {

using model::same_host;

bool could_be_same_peers(const model::Attempt& attempt, const model::Track& log) {
    if (!log.client.address.empty() && !attempt.client.address.empty()) {
        // Behind a translator of addresses the captures of both ends know the client by two.
        const bool known = std::ranges::any_of(attempt.tracks, [&](const model::Track& t) {
            const bool ports = log.client.port == 0 || t.client.port == 0 || log.client.port == t.client.port;
            return log.client.address == t.client.address && ports;
        });
        if (!known) return false;
        if (log.client.port != 0 && attempt.client.port != 0) return true;
    }
    if (!log.server.address.empty()) return log.server.address == attempt.server.address;
    if (!log.target.empty()) {
        if (log.target == attempt.server.address) return true;
        for (const model::Track& t : attempt.tracks) {
            if (same_host(log.target, t.target)) return true;
            if (!t.wire || !t.wire->certificate) continue;
            for (const auto& name : t.wire->certificate->subject_alt_names)
                if (name.rfind("DNS:", 0) == 0 && same_host(log.target, std::string_view{name}.substr(4))) return true;
        }
        return false;
    }
    // A server's log is itself the server, and names its client.
    if (!attempt.client.address.empty()) return !log.client.address.empty();
    return same_host(log.server.name, attempt.server.name);
}

}  // namespace rdpdx::correlate
