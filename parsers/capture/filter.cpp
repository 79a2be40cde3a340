#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>
#include <map>

#include "parsers/capture/libpcap_file.hpp"
#include "parsers/capture/reader.hpp"

namespace rdpdx::capture {
namespace {

// An expression that fits none of these is taken for a mistake. Ethernet comes first: its sentence is reported.
constexpr std::array kTrialLinkTypes{LinkType::ethernet, LinkType::raw, LinkType::linux_sll2, LinkType{127}};
constexpr std::uint32_t kSnapLength = 262144;

struct Program {
    bpf_program code{};
    Program() = default;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() { pcap_freecode(&code); }
};

void append(std::vector<std::byte>& out, std::uint32_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}

// An empty capture file of that link type. libpcap compiles for DLT_ numbers, which differ from LINKTYPE_ numbers from
// system to system; opening a file is its one public way from the latter to the former.
std::vector<std::byte> empty_capture(LinkType link_type) {
    std::vector<std::byte> out;
    append(out, 0xA1B2C3D4, 4);
    append(out, 2, 2);
    append(out, 4, 2);
    append(out, 0, 4);
    append(out, 0, 4);
    append(out, kSnapLength, 4);
    append(out, static_cast<std::uint32_t>(link_type), 4);
    return out;
}

// Null and libpcap's sentence when the expression does not fit.
std::unique_ptr<Program> compile_for(LinkType link_type, const std::string& expression, std::string& sentence) {
    const auto head = empty_capture(link_type);
    bytes::MemorySource nothing{{}};
    LibpcapFile file{head, nothing};
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    pcap_t* pcap = file.file() ? pcap_fopen_offline(file.file(), error.data()) : nullptr;
    if (!pcap) {
        if (file.file()) std::fclose(file.file());
        sentence = bytes::valid_utf8(error.data());
        return nullptr;
    }
    auto program = std::make_unique<Program>();
    const bool fits = pcap_compile(pcap, &program->code, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!fits) sentence = bytes::valid_utf8(pcap_geterr(pcap));
    pcap_close(pcap);
    return fits ? std::move(program) : nullptr;
}

}  // namespace

struct Filter::State {
    std::string expression;
    std::map<LinkType, std::unique_ptr<Program>> programs;  // null where the expression does not fit
    std::vector<std::pair<LinkType, std::string>> unusable;
};

Filter::Filter(std::unique_ptr<State> state) : state_{std::move(state)} {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

std::variant<Filter, std::string> Filter::compile(std::string expression) {
    auto state = std::make_unique<State>();
    std::string first_sentence;
    for (const LinkType trial : kTrialLinkTypes) {
        std::string sentence;
        if (auto program = compile_for(trial, expression, sentence)) {
            state->expression = std::move(expression);
            state->programs.emplace(trial, std::move(program));
            return Filter{std::move(state)};
        }
        if (first_sentence.empty()) first_sentence = std::move(sentence);
    }
    return first_sentence;
}

bool Filter::matches(const Packet& packet) {
    auto found = state_->programs.find(packet.link_type);
    if (found == state_->programs.end()) {
        std::string sentence;
        auto program = compile_for(packet.link_type, state_->expression, sentence);
        if (!program) state_->unusable.emplace_back(packet.link_type, std::move(sentence));
        found = state_->programs.emplace(packet.link_type, std::move(program)).first;
    }
    if (!found->second) return false;
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(packet.data.size());
    header.len = packet.original_length;
    const auto* data = reinterpret_cast<const u_char*>(packet.data.data());
    return pcap_offline_filter(&found->second->code, &header, data) != 0;
}

const std::vector<std::pair<LinkType, std::string>>& Filter::unusable() const { return state_->unusable; }

}  // namespace rdpdx::capture
