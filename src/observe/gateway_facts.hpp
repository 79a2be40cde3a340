// Inside of observe: what a gateway's messages mean, each as an observation without time and evidence.
#pragma once

#include "parsers/gateway/reader.hpp"
#include "src/model/observation.hpp"

namespace rdpdx::observe {

model::Observation observe_head(stream::Side from, const gateway::HttpHead& head, bool rpc);
// Nothing of data and keepalives, which say nothing by themselves.
std::optional<model::Observation> observe_packet(stream::Side from, const gateway::Packet& packet);
model::Observation observe_kdc_head(stream::Side from, const gateway::HttpHead& head);
model::Observation observe_kdc_status(const gateway::KdcStatus& status);
model::Observation observe_kdc_message(stream::Side from, const gateway::KdcProxyMessage& message);

// Whether the gateway's answer is a refusal: a code of failure, not of success or of going on.
bool gateway_refuses(std::uint32_t code) noexcept;
// E_PROXY_..., with the facility of Win32 or without it; or the name of another HRESULT or Win32 error.
std::string_view gateway_code_name(std::uint32_t code) noexcept;

}  // namespace rdpdx::observe
