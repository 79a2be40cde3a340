// Bytes of one side -> records: header, body, and the search for the next record after a gap.
#include <algorithm>

#include "parsers/tls/records.hpp"

namespace rdpdx::tls {
namespace {

bool plausible_at(bytes::View data, std::size_t at, bool empty_too) {
    bytes::Cursor in{data.subspan(at)};
    const auto header = parse_record_header(in);
    return header && plausible(*header) && (empty_too || header->length > 0);
}

}  // namespace

void StreamReader::push(bytes::View data, std::uint64_t offset) {
    input_end_ = offset + data.size();
    if (mode_ == Mode::searching) {
        // `input_` is the end of `held_`; what lies before it goes once it is the larger part, so that bytes fed one
        // by one are moved a bounded number of times.
        const std::size_t from = held_.size() - input_.size();
        const bool drop = from > input_.size();
        if (drop) held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(from));
        held_.insert(held_.end(), data.begin(), data.end());
        input_ = bytes::View{held_}.subspan(drop ? 0 : from);
    } else {
        input_ = data;
    }
}

bool StreamReader::pull(Located& item) {
    if (waiting_) {
        item = std::move(*waiting_);
        waiting_.reset();
        return true;
    }
    while (record_done_ || !input_.empty()) {
        if (record_done_) {
            if (next_item(item)) return true;
            continue;
        }
        switch (mode_) {
            case Mode::header:
                if (read_header(item)) return true;
                break;
            case Mode::body:
                read_body();
                break;
            case Mode::searching:
                if (!search()) return false;
                break;
            case Mode::opaque:
                input_ = {};
                break;
        }
    }
    held_.clear();
    return false;
}

bytes::View StreamReader::consume(std::size_t n) noexcept {
    const bytes::View taken = input_.first(std::min(n, input_.size()));
    input_ = input_.subspan(taken.size());
    return taken;
}

bool StreamReader::read_header(Located& item) {
    if (record_read_ == 0) record_offset_ = input_end_ - input_.size();
    const bytes::View part = consume(kRecordHeaderSize - record_read_);
    std::ranges::copy(part, header_.begin() + static_cast<std::ptrdiff_t>(record_read_));
    record_read_ += part.size();
    if (record_read_ < kRecordHeaderSize) return false;

    bytes::Cursor in{header_};
    record_ = *parse_record_header(in);
    if (const auto field = implausible_field(record_)) {
        const std::size_t have = *field == "length" ? record_.length : 0;
        const std::size_t need = *field == "length" ? kLargestRecord : 0;
        lose_synchronisation();
        mode_ = Mode::opaque;
        return give(item, Unparsed{{bytes::Problem::bad_value, *field, record_offset_, need, have}, "a TLS record"});
    }
    if (record_.length == 0)
        record_done_ = true;
    else
        mode_ = Mode::body;
    return false;
}

void StreamReader::read_body() {
    const std::size_t whole = kRecordHeaderSize + record_.length;
    const bytes::View part = consume(whole - record_read_);
    if (looked_into() && fragment_whole_) fragment_.insert(fragment_.end(), part.begin(), part.end());
    record_read_ += part.size();
    if (record_read_ < whole) return;
    record_done_ = true;
    mode_ = Mode::header;
}

// A header directly behind the gap is believed; one further on only if another one follows its record, since
// ciphertext has look-alikes. What one header's record lies in the way of waits in `held_`.
bool StreamReader::search() {
    while (input_.size() >= kRecordHeaderSize) {
        if (plausible_at(input_, 0, false)) {
            bytes::Cursor in{input_};
            const std::size_t next = kRecordHeaderSize + parse_record_header(in)->length;
            if (!first_after_gap_ && input_.size() < next + kRecordHeaderSize) return false;
            if (first_after_gap_ || plausible_at(input_, next, true)) {
                mode_ = Mode::header;
                return true;
            }
        }
        first_after_gap_ = false;
        consume(1);
    }
    return false;
}

void StreamReader::gap(std::uint64_t length) {
    const std::size_t left = mode_ == Mode::body ? kRecordHeaderSize + record_.length - record_read_ : 0;
    if (length > 0 && length <= left) {
        record_read_ += static_cast<std::size_t>(length);
        fragment_whole_ = false;
        if (length == left) {
            record_done_ = true;
            mode_ = Mode::header;
        }
        return;
    }
    Located item;
    if (record_done_ ? next_item(item) : break_off_message(item)) {
        if (!waiting_) waiting_ = std::move(item);
    }
    lose_synchronisation();
    mode_ = Mode::searching;
    first_after_gap_ = true;
    held_.clear();
    input_ = {};
}

void StreamReader::lose_synchronisation() {
    end_record();
    message_.clear();
    message_taken_ = 0;
    boundary_known_ = false;
    messages_lost_ = false;
}

bool StreamReader::looked_into() const noexcept {
    if (record_.type == static_cast<std::uint8_t>(ContentType::application_data)) return record_.length <= kept_;
    return record_.type != kHeartbeat;
}

void StreamReader::end_record() {
    record_done_ = false;
    record_read_ = 0;
    fragment_.clear();
    fragment_whole_ = true;
    message_.erase(message_.begin(), message_.begin() + static_cast<std::ptrdiff_t>(message_taken_));
    message_taken_ = 0;
}

// An item that stands for a whole record, which is over with it.
bool StreamReader::give_record(Located& item, Item value) {
    given_header_ = record_;
    given_whole_ = fragment_whole_;
    given_.swap(fragment_);
    end_record();
    return give(item, std::move(value));
}

bool StreamReader::give(Located& item, Item value) {
    item = {std::move(value), record_offset_};
    return true;
}

}  // namespace rdpdx::tls
