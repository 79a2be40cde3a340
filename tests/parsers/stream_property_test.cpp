// Whatever the network does to a stream, the same bytes come out.
#include <algorithm>
#include <random>

#include "tests/support/catch.hpp"
#include "tests/support/segments.hpp"

using namespace rdpdx;
using test::Wire;

namespace {

struct Sent {
    std::uint32_t offset;
    std::string_view payload;
};

// Cuts the text into segments, sends some twice, some overlapping, and lets packets overtake by up to `jitter` places.
std::vector<Sent> scatter(const std::string& text, std::mt19937& random, unsigned jitter) {
    const std::string_view all = text;
    const auto dice = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
    };
    std::vector<Sent> out;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t length = 1 + dice(40);
        const std::size_t back = dice(4) == 0 ? std::min(at, dice(60)) : 0;
        out.push_back({static_cast<std::uint32_t>(at - back), all.substr(at - back, length + back)});
        if (dice(8) == 0) out.push_back(out[dice(out.size())]);
        at += length;
    }
    std::vector<std::pair<std::size_t, Sent>> order;
    for (std::size_t i = 0; i < out.size(); ++i) order.emplace_back(i + dice(jitter + 1), out[i]);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::transform(order.begin(), order.end(), out.begin(), [](const auto& o) { return o.second; });
    return out;
}

}  // namespace

TEST_CASE("cut, doubled and shuffled segments give back the stream") {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random{seed};
        std::string client, server;
        for (int i = 0; i < 3000; ++i) client += static_cast<char>('a' + random() % 26);
        for (int i = 0; i < 2000; ++i) server += static_cast<char>('A' + random() % 26);
        const auto client_isn = static_cast<std::uint32_t>(random()), server_isn = static_cast<std::uint32_t>(random());
        Wire w;
        w.send({.sequence = client_isn, .flags = "S"});
        w.send({.from_client = false, .sequence = server_isn, .acknowledgment = client_isn + 1, .flags = "SA"});
        const auto up = scatter(client, random, seed % 20), down = scatter(server, random, seed % 20);
        std::uint32_t up_end = 0, down_end = 0;
        for (std::size_t i = 0; i < std::max(up.size(), down.size()); ++i) {
            // Both sides acknowledge what was sent so far less what may still be under way.
            if (i < up.size()) {
                up_end = std::max(up_end, up[i].offset + static_cast<std::uint32_t>(up[i].payload.size()));
                w.from_client(client_isn + 1 + up[i].offset, up[i].payload, server_isn + 1);
            }
            if (i < down.size()) {
                down_end = std::max(down_end, down[i].offset + static_cast<std::uint32_t>(down[i].payload.size()));
                w.from_server(server_isn + 1 + down[i].offset, down[i].payload, client_isn + 1);
            }
        }
        w.send({.sequence = client_isn + 1 + 3000, .acknowledgment = server_isn + 1 + 2000, .flags = "FA"});
        w.send({.from_client = false,
                .sequence = server_isn + 1 + 2000,
                .acknowledgment = client_isn + 3002,
                .flags = "FA"});
        const auto& flow = w.finish();
        REQUIRE(w.heard.client() == client);
        REQUIRE(w.heard.server() == server);
        REQUIRE(w.heard.offsets_fit);
        REQUIRE(flow.from_client.gaps == 0);
        REQUIRE(flow.from_client.payload_bytes == 3000);
        REQUIRE(flow.from_server.payload_bytes == 2000);
        REQUIRE(flow.from_client.unacknowledged == 0);
        REQUIRE((up_end == 3000 && down_end == 2000));
    }
}

TEST_CASE("with packets lost, what comes out is the stream with holes of the right size") {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random{seed};
        std::string client;
        for (int i = 0; i < 3000; ++i) client += static_cast<char>('a' + random() % 26);
        const auto isn = static_cast<std::uint32_t>(random());
        Wire w;
        w.send({.sequence = isn, .flags = "S"});
        std::vector<bool> seen(client.size());
        for (const auto& sent : scatter(client, random, seed % 30)) {
            if (random() % 5 == 0) continue;
            std::fill_n(seen.begin() + sent.offset, sent.payload.size(), true);
            w.send({.sequence = isn + 1 + sent.offset, .flags = "PA", .payload = sent.payload});
        }
        std::string expected;
        std::size_t hole = 0, bytes_seen = 0;
        for (std::size_t i = 0; i < client.size(); ++i) {
            if (!seen[i]) {
                ++hole;
                continue;
            }
            if (hole > 0) expected += '[' + std::to_string(hole) + ']';
            hole = 0;
            ++bytes_seen;
            expected += client[i];
        }
        const auto& flow = w.finish();
        REQUIRE(w.heard.client() == expected);
        REQUIRE(w.heard.offsets_fit);
        REQUIRE(flow.from_client.payload_bytes == bytes_seen);
        REQUIRE(flow.from_client.gap_bytes + bytes_seen + hole == client.size());
    }
}
