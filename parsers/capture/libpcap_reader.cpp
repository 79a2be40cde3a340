// Variants of classic pcap that are too rare for a reader of our own: other versions, other magic numbers, link types
// with very long packets.
#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "parsers/capture/libpcap_file.hpp"
#include "parsers/capture/notices.hpp"
#include "parsers/capture/readers.hpp"

namespace rdpdx::capture {
namespace {

constexpr std::size_t kSnapLengthAt = 16;

// The number that follows `words` in a sentence of libpcap's.
std::optional<std::uint64_t> number_after(std::string_view sentence, std::string_view words) {
    const auto at = sentence.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view digits = sentence.substr(at + words.size());
    std::uint64_t value{};
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return result.ec == std::errc{} ? std::optional{value} : std::nullopt;
}

struct Close {
    void operator()(pcap_t* pcap) const noexcept { pcap_close(pcap); }
};

// The rest of a window and of the source behind it.
class Rest final : public bytes::Source {
public:
    explicit Rest(Window window) : window_{std::move(window)} {}
    std::size_t read(std::span<std::byte> into) override {
        std::size_t got = 0;
        while (got < into.size()) {
            constexpr std::size_t kStep = 64 * 1024;
            const bytes::View step = window_.peek(std::min(kStep, into.size() - got));
            if (step.empty()) break;
            std::ranges::copy(step, into.begin() + static_cast<std::ptrdiff_t>(got));
            got += step.size();
            window_.skip(step.size());
        }
        return got;
    }

private:
    Window window_;
};

class LibpcapReader final : public Reader {
public:
    LibpcapReader(Window window, const FileHeader& header);
    bool next(Packet& packet) override;
    Format format() const override { return Format::pcap; }
    const std::vector<Interface>& interfaces() const override { return interfaces_; }
    const std::vector<Secrets>& secrets() const override { return secrets_; }
    const std::vector<Notice>& notices() const override { return notices_.all(); }
    const std::vector<std::string>& comments() const override { return comments_; }

private:
    void open();
    void tell_end(std::uint64_t record);

    std::array<std::byte, kFileHeader> head_{};
    FileHeader header_;
    Rest rest_;
    std::unique_ptr<LibpcapFile> file_;  // before pcap_, which reads from it until closed
    std::unique_ptr<pcap_t, Close> pcap_;
    std::uint64_t number_{};
    std::vector<Interface> interfaces_;
    std::vector<Secrets> secrets_;
    std::vector<std::string> comments_;
    Notices notices_;
};

LibpcapReader::LibpcapReader(Window window, const FileHeader& header) : header_{header}, rest_{std::move(window)} {
    rest_.read(head_);
    Interface& made = interfaces_.emplace_back();
    made.link_type = header_.link_type();
    made.snap_length = header_.snapLen;
    made.nanoseconds = header_.nanoseconds();
    open();
}

void LibpcapReader::open() {
    // libpcap cuts packets to the snap length of the header, which some writers set smaller than their packets. Zero
    // makes it take its maximum.
    std::fill_n(head_.begin() + kSnapLengthAt, 4, std::byte{});
    file_ = std::make_unique<LibpcapFile>(head_, rest_);
    if (!file_->file()) {
        notices_.damage(0, "cannot be read: no memory for a stream");
        return;
    }
    // Asking for the file's own precision spares libpcap a multiplication that odd microseconds would overflow.
    const u_int precision = header_.nanoseconds() ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    pcap_.reset(pcap_fopen_offline_with_tstamp_precision(file_->file(), precision, error.data()));
    if (!pcap_) {
        std::fclose(file_->file());
        notices_.damage(0, fmt::format("the file header cannot be read: {}", bytes::valid_utf8(error.data())));
    }
    file_->rethrow();
}

bool LibpcapReader::next(Packet& packet) {
    if (!pcap_) return false;
    const auto record = static_cast<std::uint64_t>(std::max<off_t>(0, ftello(file_->file())));
    pcap_pkthdr* header{};
    const u_char* data{};
    const int result = pcap_next_ex(pcap_.get(), &header, &data);
    file_->rethrow();
    if (result != 1) {
        if (result == PCAP_ERROR) tell_end(record);
        pcap_.reset();
        return false;
    }
    // Both numbers are unsigned in the file, whatever libpcap makes of them: 32 bits of seconds last until 2106.
    const auto seconds = static_cast<std::int64_t>(static_cast<std::uint32_t>(header->ts.tv_sec));
    const auto fraction = static_cast<std::int64_t>(static_cast<std::uint32_t>(header->ts.tv_usec));
    const std::int64_t nanos = seconds * 1'000'000'000 + fraction * (header_.nanoseconds() ? 1 : 1000);
    packet = Packet{};
    packet.time = bytes::Time{std::chrono::nanoseconds{nanos}};
    packet.number = ++number_;
    packet.file_offset = record;
    packet.link_type = interfaces_.front().link_type;
    packet.original_length = header->len;
    packet.data = std::as_bytes(std::span{data, header->caplen});
    return true;
}

// Says where reading stopped. libpcap tells a cut file from a senseless one in its sentence only; where that is not
// understood, it is handed on.
void LibpcapReader::tell_end(std::uint64_t record) {
    const std::string_view said = pcap_geterr(pcap_.get());
    const auto expected = number_after(said, "tried to read ");
    const std::uint64_t frame = number_ + 1;
    if (!file_->at_end() || !expected || said.find("truncated") == std::string_view::npos) {
        notices_.damage(record, fmt::format("frame {} cannot be read: {}", frame, bytes::valid_utf8(said)));
        return;
    }
    const std::uint64_t left = file_->delivered() - record, record_header = header_.modified() ? 24 : 16;
    if (left < record_header)
        notices_.damage(record, fmt::format("expected {} bytes of record header for frame {}, {} left", record_header,
                                            frame, left));
    else
        notices_.damage(record, fmt::format("expected {} bytes of packet data for frame {}, {} left", *expected, frame,
                                            left - record_header));
}

}  // namespace

std::unique_ptr<Reader> open_with_libpcap(Window window, const FileHeader& header) {
    return std::make_unique<LibpcapReader>(std::move(window), header);
}

}  // namespace rdpdx::capture
