#include "src/report/json_parts.hpp"

namespace rdpdx::report {

void write_value(JsonWriter& json, const model::Value& value) {
    std::visit([&](const auto& v) { json.value(v); }, value);
}

void write_known(JsonWriter& json, std::string_view text) {
    if (text.empty())
        json.null();
    else
        json.value(text);
}

void write_endpoint(JsonWriter& json, const model::Endpoint& endpoint) {
    json.begin_object();
    write_known(json.key("address"), endpoint.address);
    if (endpoint.port)
        json.key("port").value(std::uint32_t{endpoint.port});
    else
        json.key("port").null();
    write_known(json.key("name"), endpoint.name);
    json.end_object();
}

void write_negotiation(JsonWriter& json, const model::Negotiation& n) {
    json.begin_object();
    if (n.cookie)
        json.key("cookie").value(*n.cookie);
    else
        json.key("cookie").null();
    if (n.routing_token) json.key("routing_token").value(*n.routing_token);
    json.key("requested").value(n.requested);
    write_known(json.key("selected"), n.selected.value_or(""));
    if (n.failure) json.key("failure").value(*n.failure);
    if (!n.correlation_id.empty()) json.key("correlation_id").value(n.correlation_id);
    json.end_object();
}

void write_tls(JsonWriter& json, const model::Tls& tls) {
    json.begin_object();
    write_known(json.key("version"), tls.version);
    write_known(json.key("cipher"), tls.cipher);
    write_known(json.key("sni"), tls.sni);
    json.end_object();
}

void write_certificate(JsonWriter& json, const model::Certificate* certificate) {
    if (!certificate) return json.null();
    const auto& c = *certificate;
    const auto date = [&](std::string_view key, const std::optional<model::Time>& time) {
        json.key(key);
        if (time)
            json.value(model::to_rfc3339(*time, model::Precision::micro).substr(0, 19) +
                       "Z");  // certificates have whole seconds
        else
            json.null();
    };
    json.begin_object();
    json.key("subject").value(c.subject);
    json.key("issuer").value(c.issuer);
    json.key("serial").value(c.serial);
    json.key("names").value(c.subject_alt_names);
    date("not_before", c.not_before);
    date("not_after", c.not_after);
    json.key("sha1").value(c.sha1);
    json.key("sha256").value(c.sha256);
    json.key("key").value(c.key_algorithm);
    json.key("key_bits").value(std::uint32_t{c.key_bits});
    json.key("signature").value(c.signature_algorithm);
    json.key("usages").value(c.extended_key_usage);
    json.key("self_signed").value(c.self_signed);
    json.key("valid_at_capture").value(c.valid_at_capture);
    json.end_object();
}

std::string_view id(model::InputStatus status) noexcept {
    switch (status) {
        case model::InputStatus::ok:
            return "ok";
        case model::InputStatus::damaged:
            return "damaged";
        case model::InputStatus::unrecognised:
            return "unrecognised";
    }
    return {};
}

void write_inputs(JsonWriter& json, const std::vector<model::Input>& inputs) {
    json.begin_array();
    for (const auto& input : inputs) {
        const auto time = [&](std::string_view key, const std::optional<model::Time>& t) {
            json.key(key);
            if (t)
                json.value(model::to_rfc3339(*t, input.precision));
            else
                json.null();
        };
        json.begin_object();
        json.key("path").value(input.path);
        json.key("kind").value(input.kind);
        json.key("sha256").value(input.sha256);
        json.key("bytes").value(input.bytes);
        time("first_time", input.first_time);
        time("last_time", input.last_time);
        json.key("items").value(input.items);
        json.key("status").value(id(input.status));
        json.key("notes").value(input.notes);
        json.end_object();
    }
    json.end_array();
}

}  // namespace rdpdx::report
