// Inside of report: pieces that several JSON renderings share.
#pragma once

#include "src/model/attempt.hpp"
#include "src/report/json_writer.hpp"

namespace rdpdx::report {

void write_value(JsonWriter& json, const model::Value& value);
void write_endpoint(JsonWriter& json, const model::Endpoint& endpoint);
void write_negotiation(JsonWriter& json, const model::Negotiation& negotiation);
void write_tls(JsonWriter& json, const model::Tls& tls);
void write_certificate(JsonWriter& json, const model::Certificate* certificate);
void write_inputs(JsonWriter& json, const std::vector<model::Input>& inputs);
std::string_view id(model::InputStatus status) noexcept;

// A text that may not be known: null where empty.
void write_known(JsonWriter& json, std::string_view text);

}  // namespace rdpdx::report
