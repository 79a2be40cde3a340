// Packet captures, packet by packet: classic pcap and pcapng by readers of our own, rare variants of pcap by libpcap.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "parsers/bytes/source.hpp"
#include "parsers/capture/packet.hpp"

namespace rdpdx::capture {

enum class Format { pcap, pcapng };

// By the first four bytes; nothing if `head` is neither.
std::optional<Format> recognise(bytes::View head);

struct Interface {
    LinkType link_type{};
    std::uint32_t snap_length{};
    bool nanoseconds{};  // the time stamps are finer than a microsecond
    std::string name;
    // What the capturing side let through (pcapng if_filter); empty: everything, or not told.
    std::string filter;
    std::optional<std::uint64_t> dropped;  // packets the capturing side says it lost (pcapng isb_ifdrop, isb_osdrop)
    std::optional<bytes::Time> started, ended;  // when it captured here (pcapng isb_starttime, isb_endtime)
};

// pcapng Decryption Secrets Block. Never printed.
struct Secrets {
    std::uint32_t type{};  // 0x544C534B: NSS key log text
    std::string data;
};

// Something the reader had to say about the file. `damaged`: bytes were lost or not understood.
struct Notice {
    std::uint64_t file_offset{};
    std::string text;  // what was expected and what was there, one sentence without the file's name
    bool damaged{};
};

// Reads forward, once. Damage ends the packets or skips a block, is told in notices(), and never throws.
class Reader {
public:
    virtual ~Reader() = default;
    // False at the end of what can be read.
    virtual bool next(Packet& packet) = 0;
    // The next packets, as many as lie together in memory; 0 only at the end of what can be read. Views of all of them
    // live until the next call. What the functions below tell goes for all packets of such a run.
    virtual std::size_t next_run(std::span<Packet> into) { return !into.empty() && next(into.front()) ? 1 : 0; }
    virtual Format format() const = 0;
    virtual const std::vector<Interface>& interfaces() const = 0;  // grows while reading
    virtual const std::vector<Secrets>& secrets() const = 0;       // complete at the end
    virtual const std::vector<Notice>& notices() const = 0;        // complete at the end
    virtual const std::vector<std::string>& comments() const = 0;  // of sections, in file order
};

// `source` stays the caller's, must outlive the reader, and is at its first byte. A file whose header is damaged gives
// a reader without packets and with the reason in notices().
std::unique_ptr<Reader> open(bytes::Source& source, Format format);

// A libpcap filter expression (BPF), for packets of any link type; compiled once for each link type met. libpcap looks
// host names up, so an expression should name addresses.
class Filter {
public:
    // The error is libpcap's own sentence.
    static std::variant<Filter, std::string> compile(std::string expression);
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();
    // False also for a link type that the expression cannot be compiled for; see unusable().
    bool matches(const Packet& packet);
    // Link types the expression does not fit, with libpcap's sentence, in the order met.
    const std::vector<std::pair<LinkType, std::string>>& unusable() const;

private:
    struct State;
    explicit Filter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace rdpdx::capture
