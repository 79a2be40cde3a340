// When a capture was running, and what it lets through.
#pragma once

#include "parsers/capture/reader.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::analysis {

// Fed with the packets of one capture while it is read.
class CoverageWatch {
public:
    void packet(model::Time time);
    // Whether packets between these two, which are in order, would tell nothing more than the two do.
    bool unbroken(model::Time first, model::Time last) const noexcept;
    // Until when the capture is known to have run on after a packet of that time: until it fell silent for so long that
    // what follows may be another capture's, or until its last packet.
    model::Time runs_on(model::Time time) const;
    // Sentences about times that go back, and about silences of days.
    std::vector<std::string> notes() const;
    // At the end. `input` has the number of packets and their first and last times. `filtered`: the user left packets
    // out. Nothing where the capture has neither packets nor statistics.
    std::optional<model::Coverage> finish(const capture::Reader& reader, const model::Input& input, bool filtered);

private:
    struct Jumps {
        std::uint64_t count{};
        model::Duration most{};
        model::Time from{}, to{};  // of the largest
        void add(model::Time before, model::Time after);
    };
    std::vector<model::Coverage::Period> periods_;
    std::optional<model::Time> last_;
    model::Time newest_{};
    Jumps back_, ahead_;
};

}  // namespace rdpdx::analysis
