// From Erect Domain to the session: [MS-RDPBCGR] 1.3.1.1.
#include <array>

#include "src/diagnose/inference_messages.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Stage;

// Several small PDUs may share a record; more than these would be as long as a Client Info. A range of lengths has room
// for two where it means something else.
constexpr std::uint32_t kMostJoined = 3;

bool is_run(const Message& m, Fixed pdu) {
    if (m.plain.least != m.plain.most) return fits(m, pdu);
    for (std::uint32_t times = 1; times <= kMostJoined; ++times)
        if (fits(m, pdu, times)) return true;
    return false;
}

// Where the sizes leave the sequence, what was read until then holds, and any later stage may have been reached.
std::vector<Stage> all_behind(Stage stage) {
    std::vector<Stage> out;
    for (auto i = static_cast<std::size_t>(stage) + 1; i <= static_cast<std::size_t>(Stage::session); ++i)
        out.push_back(static_cast<Stage>(i));
    return out;
}

class Walk {
public:
    explicit Walk(const Exchange& exchange) : e_{exchange} {}
    std::optional<Inference> run() {
        if (!find_erect_domain()) return {};
        return attach_user();
    }

private:
    const Message* client() const { return c_ < e_.client.size() ? &e_.client[c_] : nullptr; }
    const Message* server() const { return s_ < e_.server.size() ? &e_.server[s_] : nullptr; }

    Inference say(std::string_view rule, Stage stage, const Message* last, std::string text,
                  std::vector<Stage> also = {}) const {
        // The records that were kept end before the exchange does.
        if (!e_.whole && !client() && !server()) also = all_behind(stage);
        return inferred(e_, rule, stage, last, std::move(text), std::move(also));
    }
    Inference unknown(Stage stage, const Message& m) const {
        return say("unknown-sequence", stage, &m, "a record is of no size that the sequence has here",
                   all_behind(stage));
    }

    // Twelve bytes and eight, behind something that may be a Connect-Initial. The eight may not have come.
    bool find_erect_domain() {
        const Messages& c = e_.client;
        for (std::size_t i = 1; i < c.size(); ++i) {
            if (!at_least(c[i - 1], kLeastConnectInitial)) continue;
            const bool apart = i + 1 < c.size() && fits(c[i], kErectDomain) && fits(c[i + 1], kAttachUser);
            const bool alone = i + 1 == c.size() && fits(c[i], kErectDomain);
            if (!apart && !alone && !fits(c[i], kErectAndAttach)) continue;
            attach_ = &c[apart ? i + 1 : i];
            c_ = i + (apart ? 2 : 1);
            return true;
        }
        return false;
    }

    std::optional<Inference> attach_user() {
        while (server() && !fits(*server(), kAttachUserConfirm)) {
            const bool after = server()->place > attach_->place;
            if (after && fits(*server(), kAttachUserRefused))
                return say("attach-user-refused", Stage::channel_join, server(),
                           "the answer to the MCS Attach User Request has room for a refusal or an ultimatum alone");
            ++s_;
        }
        if (!server())
            return say("attach-user", Stage::channel_join, attach_,
                       "the client erects the MCS domain and attaches its user, and no answer comes");
        last_ = server();
        ++s_;
        return join_channels();
    }

    Inference join_channels() {
        while (client() && is_run(*client(), kJoinRequest)) last_ = &e_.client[c_++];
        while (server() && is_run(*server(), kJoinConfirm)) ++s_;
        if (!client()) {
            if (server() && fits(*server(), kUltimatum))
                return say("channel-join", Stage::channel_join, server(),
                           "while channels are joined, the server sends a record of an ultimatum's size");
            if (server() && fits(*server(), kJoinRefused))
                return say("channel-join", Stage::channel_join, server(),
                           "the answer to an MCS Channel Join Request has room for a refusal alone");
            if (server()) return unknown(Stage::channel_join, *server());
            return say("channel-join", Stage::channel_join, last_, "the joining of channels does not end");
        }
        if (!at_least(*client(), kLeastClientInfo)) return unknown(Stage::channel_join, *client());
        info_ = client();
        ++c_;
        return licensing();
    }

    // The first word behind Client Info is licensing's, but for the measuring of the network.
    Inference licensing() {
        const Message* exchange = nullptr;  // a licence is being negotiated
        for (; server(); ++s_) {
            const Message& m = *server();
            const Stage here = exchange ? Stage::licensing : Stage::client_info;
            const bool license = fits(m, kLicenseError), error = fits(m, kSetErrorInfo);
            if (license && error && !going_on(s_ + 1))
                return say("error-or-licence", here, &m, "the server's word is a licence message or Set Error Info",
                           {Stage::licensing, Stage::capability_exchange});
            if (license) {
                license_ = &m;
                ++s_;
                return capabilities();
            }
            if (error)
                return say("error-info-for-licence", here, &m,
                           "in place of a licence the server sends a record of the size of Set Error Info");
            if (fits(m, kUltimatum) || fits(m, kDeactivateAll))
                return say("ultimatum", here, &m, "the server takes leave behind Client Info");
            if (fits(m, kAutoDetectRequest) || fits(m, kMultitransportRequest)) continue;
            if (!at_least(m, kLeastLicenseMessage)) return unknown(here, m);
            // A licence that was issued is not followed by the short message, but by Demand Active.
            if (exchange && finalizes()) return active(m);
            exchange = &m;
        }
        if (exchange)
            return say("licence-exchange", Stage::licensing, exchange, "a licence is negotiated, to no end",
                       {Stage::capability_exchange});
        return say("client-info", Stage::client_info, info_,
                   "the client joins its channels and sends Client Info; licensing does not begin");
    }

    // A message too long for a farewell follows.
    bool going_on(std::size_t from) const {
        for (std::size_t i = from; i < e_.server.size(); ++i)
            if (e_.server[i].plain.least >= kLeastActive) return true;
        return false;
    }

    Inference capabilities() {
        const Message* offered = nullptr;
        for (; server(); ++s_) {
            const Message& m = *server();
            if (fits(m, kMultitransportRequest) || fits(m, kAutoDetectRequest)) {
                if (!fits(m, kSetErrorInfo) || going_on(s_ + 1)) {
                    offered = &m;
                    continue;
                }
            }
            // [MS-RDPELE] 3.1.5.3.1: a refused licence is the last word; so this one was granted.
            if (fits(m, kSetErrorInfo))
                return say("error-info-for-capabilities", Stage::capability_exchange, &m,
                           "behind the licence the server sends a record of the size of Set Error Info",
                           {Stage::licensing});
            if (fits(m, kUltimatum) || fits(m, kDeactivateAll))
                return say("ultimatum", Stage::licensing, &m, "behind a licence message the server takes leave",
                           {Stage::capability_exchange});
            if (!at_least(m, kLeastActive)) return unknown(Stage::capability_exchange, m);
            ++s_;
            return active(m);
        }
        if (offered)
            return say("no-demand-active", Stage::capability_exchange, offered,
                       "behind the licence the server offers another transport, and Demand Active does not come");
        return say("licence-alone", Stage::licensing, license_,
                   "a licence message, which grants or refuses, is the server's last word",
                   {Stage::capability_exchange});
    }

    // Synchronize and two Control PDUs in a row, which only finalization has.
    bool finalizes() const {
        const Messages& c = e_.client;
        for (std::size_t i = c_; i + 2 < c.size(); ++i)
            if (fits(c[i], kSynchronize) && fits(c[i + 1], kControl) && fits(c[i + 2], kControl)) return true;
        return false;
    }

    Inference active(const Message& demand) {
        const auto confirms = [&] {
            for (std::size_t i = c_; i < e_.client.size(); ++i)
                if (e_.client[i].place > demand.place && at_least(e_.client[i], kLeastActive)) return true;
            return false;
        };
        if (!finalizes() && !confirms()) {
            const bool error = server() && fits(*server(), kSetErrorInfo);
            return say("demand-active", Stage::capability_exchange, error ? server() : &demand,
                       error ? "in place of Confirm Active there is a record of the size of Set Error Info"
                             : "the server sends Demand Active, and the client does not confirm");
        }
        return finalization(demand);
    }

    Inference finalization(const Message& demand) {
        constexpr std::array kExpected{kSynchronize, kControl, kControl, kFontMap};
        std::size_t step = 0;
        const Message* last = &demand;
        for (; server() && step < kExpected.size(); ++s_) {
            const Message& m = *server();
            Fixed sum{};
            for (std::size_t k = step; k < kExpected.size(); ++k) {
                sum = {sum.least + kExpected[k].least, sum.most + kExpected[k].most};
                if (!fits(m, sum)) continue;
                step = k + 1;
                last = &m;
                break;
            }
            if (fits(m, kUltimatum) || (step > 0 && step < kExpected.size() && &m != last && fits(m, kSetErrorInfo)))
                return say("finalization", Stage::finalization, &m,
                           "before the Font Map the server sends a record of the size of an error or an ultimatum");
        }
        if (step < kExpected.size())
            return say("finalization", Stage::finalization, last, "capabilities are exchanged, and no Font Map comes");
        return session(*last);
    }

    Inference session(const Message& font_map) {
        for (std::size_t i = s_; i < e_.server.size(); ++i) {
            const bool farewell = i + 1 == e_.server.size() || fits(e_.server.back(), kUltimatum);
            if (fits(e_.server[i], kSetErrorInfo) && farewell && e_.server.size() - i <= kMostJoined)
                return say(
                    "session-error-info", Stage::session, &e_.server[i],
                    "the whole sequence up to the Font Map, and at the end a record of the size of Set Error Info");
        }
        return say("session", Stage::session, &font_map,
                   "the whole sequence up to the Font Map: a session could begin");
    }

    const Exchange& e_;
    std::size_t c_{}, s_{};  // the next message of each side
    const Message *attach_{}, *info_{}, *license_{}, *last_{};
};

}  // namespace

std::optional<Inference> infer_from_mcs(const Exchange& exchange) { return Walk{exchange}.run(); }

}  // namespace rdpdx::diagnose
