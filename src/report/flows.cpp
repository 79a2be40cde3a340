// What captures hold, without any judgement: flows and inspect.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/report/json_parts.hpp"
#include "src/report/page.hpp"
#include "src/report/udp.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Track;

void write_half(JsonWriter& json, const model::WireHalf& h) {
    json.begin_object();
    json.key("packets").value(h.packets);
    json.key("payload_bytes").value(h.payload_bytes);
    json.key("retransmissions").value(h.retransmissions);
    json.key("duplicates").value(h.duplicates);
    json.key("zero_windows").value(h.zero_windows);
    json.key("keep_alives").value(h.keep_alives);
    json.key("gap_bytes").value(h.gap_bytes);
    json.key("unacknowledged").value(h.unacknowledged);
    json.key("encrypted_records").value(h.encrypted_records);
    json.key("encrypted_bytes").value(h.encrypted_bytes);
    json.key("first_record_sizes").begin_array();
    for (const auto size : h.first_record_sizes) json.value(static_cast<int>(size));
    json.end_array();
    write_known(json.key("closed_by"), h.closing ? (h.closing->reset ? "rst" : "fin") : "");
    json.end_object();
}

void write_observations(JsonWriter& json, const Track& t) {
    json.begin_array();
    for (const auto& o : t.seen) {
        json.begin_object();
        json.key("frame").value(o.evidence.number);
        json.key("time").value(model::to_rfc3339(o.time, o.precision));
        json.key("kind").value(o.kind);
        json.key("basis").value(model::id(o.basis));
        for (const auto& f : o.fields) write_value(json.key(f.name), f.value);
        json.key("text").value(o.text);
        json.end_object();
    }
    json.end_array();
}

void write_place(JsonWriter& json, const Track& t) {
    json.key("input").value(t.input);
    write_endpoint(json.key("client"), t.client);
    write_endpoint(json.key("server"), t.server);
    json.key("started").value(model::to_rfc3339(t.started, t.precision));
    json.key("ended").value(model::to_rfc3339(t.ended, t.precision));
}

void write_udp_flows(JsonWriter& json, const std::vector<Track>& tracks) {
    json.begin_array();
    for (const Track& t : tracks) {
        if (!t.udp) continue;
        json.begin_object();
        write_place(json, t);
        write_udp(json.key("udp"), *t.udp);
        write_observations(json.key("seen"), t);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

std::string render_flows_json(const std::vector<model::Input>& inputs, const std::vector<Track>& tracks,
                              bool redacted) {
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("schema").value("rdpdx.flows/1");
    if (redacted) json.key("redacted").value(true);
    write_inputs(json.key("inputs"), inputs);
    json.key("flows").begin_array();
    for (const Track& t : tracks) {
        if (!t.wire) continue;
        json.begin_object();
        write_place(json, t);
        json.key("flow").value(t.wire->flow);
        json.key("starts_midway").value(t.wire->starts_midway);
        write_negotiation(json.key("negotiation"), t.wire->negotiation);
        write_tls(json.key("tls"), t.wire->tls);
        write_certificate(json.key("certificate"), t.wire->certificate.get());
        write_half(json.key("from_client"), t.wire->client);
        write_half(json.key("from_server"), t.wire->server);
        write_observations(json.key("seen"), t);
        json.end_object();
    }
    json.end_array();
    write_udp_flows(json.key("udp_flows"), tracks);
    json.end_object();
    out += '\n';
    return out;
}

std::string render_flows_text(const std::vector<model::Input>& inputs, const std::vector<Track>& tracks,
                              const TextStyle& style, const model::Zone& zone, bool redacted) {
    Page page{style};
    if (redacted) page.line(kRedacted);
    for (const Track& t : tracks) {
        page.line(fmt::format("{} {}: {}:{} -> {}:{}, {}, {}", inputs[t.input].path,
                              t.wire ? fmt::format("flow {}", t.wire->flow) : std::string{"RDP-UDP"}, t.client.address,
                              t.client.port, t.server.address.empty() ? t.server.name : t.server.address, t.server.port,
                              model::to_rfc3339(t.started, t.precision, zone), model::to_text(t.ended - t.started)),
                  Tone::strong);
        if (t.udp) page.item("  ", udp_text(*t.udp));
        for (const auto& o : t.seen)
            page.item(fmt::format("  {:>6}  {}  ", o.evidence.number, model::to_clock(o.time, zone)), o.text,
                      o.effect == model::Effect::failed ? Tone::bad : Tone::plain);
        page.line();
    }
    const auto udp = std::ranges::count_if(tracks, [](const Track& t) { return t.udp.has_value(); });
    const std::size_t connections = tracks.size() - static_cast<std::size_t>(udp);
    page.line(fmt::format("{} RDP connection{}{} in {} input{}.", connections, connections == 1 ? "" : "s",
                          udp > 0 ? fmt::format(" and {} over UDP", udp) : "", inputs.size(),
                          inputs.size() == 1 ? "" : "s"));
    return page.take();
}

std::string render_inspect_json(const std::vector<model::Input>& inputs, bool redacted) {
    std::string out;
    JsonWriter json{out};
    json.begin_object();
    json.key("schema").value("rdpdx.inspect/1");
    if (redacted) json.key("redacted").value(true);
    write_inputs(json.key("inputs"), inputs);
    json.end_object();
    out += '\n';
    return out;
}

std::string render_inspect_text(const std::vector<model::Input>& inputs, const TextStyle& style,
                                const model::Zone& zone, bool redacted) {
    Page page{style};
    if (redacted) page.line(kRedacted);
    for (const auto& input : inputs) {
        page.line(input.path, Tone::strong);
        page.item("  kind     ", input.kind);
        page.item("  status   ", id(input.status), input.status == model::InputStatus::ok ? Tone::good : Tone::warn);
        page.item("  size     ", fmt::format("{} bytes, {} items", input.bytes, input.items));
        if (input.first_time && input.last_time)
            page.item("  covers   ",
                      fmt::format("{} to {} ({})", model::to_rfc3339(*input.first_time, input.precision, zone),
                                  model::to_rfc3339(*input.last_time, input.precision, zone),
                                  model::to_text(*input.last_time - *input.first_time)));
        if (!input.sha256.empty()) page.item("  SHA-256  ", input.sha256);
        for (const auto& note : input.notes) page.item("  note     ", note);
        page.line();
    }
    return page.take();
}

}  // namespace rdpdx::report
