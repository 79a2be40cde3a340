#include "src/report/path.hpp"

#include <fmt/format.h>

#include "src/report/json_parts.hpp"

namespace rdpdx::report {
namespace {

using model::PathComparison;
using model::PathWay;

void write_frame(JsonWriter& json, const model::Evidence& e) {
    json.begin_object();
    json.key("input").value(e.input);
    json.key("frame").value(e.number);
    json.end_object();
}

void write_examples(JsonWriter& json, const std::vector<PathWay::Example>& list) {
    json.begin_array();
    for (const auto& e : list) {
        json.begin_object();
        json.key("what").value(e.what);
        json.key("length").value(e.length);
        write_frame(json.key("seen"), e.sent);
        json.key("last_arrived");
        if (e.last)
            write_frame(json, *e.last);
        else
            json.null();
        json.end_object();
    }
    json.end_array();
}

void write_way(JsonWriter& json, const PathWay& way) {
    json.begin_object();
    json.key("compared").value(way.compared);
    json.key("lost").value(way.lost);
    json.key("lost_bytes").value(way.lost_bytes);
    json.key("never_arrived").value(way.never_arrived);
    json.key("missed_by_capture").value(way.missed);
    json.key("smallest_lost").value(way.smallest_lost);
    json.key("largest_lost").value(way.largest_lost);
    json.key("largest_passed").value(way.largest_passed);
    write_examples(json.key("first_lost"), way.lost_packets);
    json.key("forged").value(way.forged);
    write_examples(json.key("first_forged"), way.forged_packets);
    json.end_object();
}

std::string path_of(const model::Report& report, std::uint32_t input) {
    return input < report.inputs.size() ? report.inputs[input].path : std::string{"?"};
}

std::string way_text(const PathWay& way) {
    if (way.compared == 0) return "nothing that could be compared";
    std::string out = fmt::format("{} of {} packets lost", way.lost, way.compared);
    if (way.lost > 0) out += fmt::format(" ({}%)", (way.lost * 100 + way.compared / 2) / way.compared);
    if (way.largest_lost > 0)
        out += fmt::format(", payloads of {}{} bytes, while up to {} passed", way.smallest_lost,
                           way.largest_lost > way.smallest_lost ? fmt::format(" to {}", way.largest_lost) : "",
                           way.largest_passed);
    if (way.lost > 0) out += way.never_arrived > 0 ? "; some never arrived" : "; all arrived when sent again";
    if (way.missed > 0) out += fmt::format("; {} more are missing that the capture may have missed", way.missed);
    return out;
}

std::string frames(const model::Report& report, const std::vector<PathWay::Example>& list) {
    std::string out;
    for (const auto& e : list) out += fmt::format("{}{}", out.empty() ? "" : ", ", e.sent.number);
    return fmt::format("{} {} of {}", list.size() == 1 ? "frame" : "frames", out,
                       path_of(report, list.front().sent.input));
}

void way_lines(Page& page, const model::Report& report, const PathWay& way, const char* who) {
    page.item(fmt::format("  from the {}  ", who), way_text(way), way.never_arrived > 0 ? Tone::bad : Tone::plain);
    if (!way.lost_packets.empty())
        page.item("                     ", "lost: " + frames(report, way.lost_packets), Tone::dim);
    if (way.forged > 0)
        page.item("                     ",
                  fmt::format("{} in the {}'s name that it never sent: {}", way.forged, who,
                              frames(report, way.forged_packets)),
                  Tone::bad);
}

}  // namespace

void write_path(JsonWriter& json, const model::Attempt& attempt) {
    const auto round_trip = [&json](model::Duration d) {
        if (d == model::Duration{})
            json.null();
        else
            json.value(std::int64_t{std::chrono::round<std::chrono::microseconds>(d).count()});
    };
    json.begin_array();
    for (const PathComparison& p : attempt.path) {
        json.begin_object();
        json.key("near_client").value(p.near_client);
        json.key("near_server").value(p.near_server);
        json.key("told_by").value(p.told_by);
        json.key("shown").value(p.shown);
        write_known(json.key("assumption"), p.assumption);
        json.key("round_trip_client_us");
        round_trip(p.round_trip_client);
        json.key("round_trip_server_us");
        round_trip(p.round_trip_server);
        write_way(json.key("from_client"), p.from_client);
        write_way(json.key("from_server"), p.from_server);
        json.end_object();
    }
    json.end_array();
}

void path_section(Page& page, const model::Report& report, const model::Attempt& attempt) {
    for (const PathComparison& p : attempt.path) {
        page.heading("Between the two captures");
        page.item("  near the client  ", path_of(report, p.near_client));
        if (!p.shown) {
            page.item("  near the server  ",
                      fmt::format("{} shows nothing of this connection{}", path_of(report, p.near_server),
                                  p.assumption.empty() ? "" : "; that means a loss on the path if " + p.assumption),
                      Tone::warn);
            continue;
        }
        page.item("  near the server  ", fmt::format("{}, told by {}", path_of(report, p.near_server), p.told_by));
        for (const auto& t : attempt.tracks)
            if (t.wire && t.clock)
                page.item("  clock            ", fmt::format("{} is {} off, give or take {} ({} packets in common)",
                                                             path_of(report, t.input), model::to_text(t.clock->ahead),
                                                             model::to_text(t.clock->error), t.clock->anchors));
        way_lines(page, report, p.from_client, "client");
        way_lines(page, report, p.from_server, "server");
    }
}

}  // namespace rdpdx::report
