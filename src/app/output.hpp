// Where results go that are too long to be kept, piece by piece.
#pragma once

#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>

namespace rdpdx::app {

class Output {
public:
    // Standard output where the path is empty.
    explicit Output(const std::string& path)
        : file_{path.empty() ? stdout : std::fopen(path.c_str(), "wb")}, own_{!path.empty()} {
        if (own_ && file_) std::setvbuf(file_, nullptr, _IONBF, 0);  // pieces are large
    }
    ~Output() {
        if (own_ && file_) std::fclose(file_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    bool good() const noexcept { return file_ != nullptr && good_; }
    void write(std::string_view text) noexcept {
        if (text.empty()) return;  // and may point nowhere
        good_ = good() && std::fwrite(text.data(), 1, text.size(), file_) == text.size();
    }
    bool finish() noexcept { return good() && std::fflush(file_) == 0; }

private:
    std::FILE* file_;
    const bool own_;
    std::atomic<bool> good_{true};  // whoever writes, others may ask
};

}  // namespace rdpdx::app
