#include "src/diagnose/inference.hpp"

#include "src/diagnose/inference_messages.hpp"

namespace rdpdx::diagnose {

std::optional<Inference> infer(const model::Wire& wire) {
    if (wire.opened || wire.starts_midway || !wire.tls_finished) return {};
    // Without X.224 it may be another protocol's TLS, a gateway's for one.
    if (!wire.negotiation.selected) return {};
    // A record that is missing shifts all that follow.
    if (wire.client.gap_bytes > 0 || wire.server.gap_bytes > 0) return {};
    const auto exchange = exchange_of(wire);
    if (!exchange) return {};
    if (auto found = infer_from_mcs(*exchange)) return found;
    return infer_until_mcs(wire, *exchange);
}

}  // namespace rdpdx::diagnose
