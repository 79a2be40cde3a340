#include "parsers/tls/opening.hpp"

namespace rdpdx::tls {

void OpeningLog::opened() {
    if (!opened_) next_ = Opening{Opening::State::opens, {}, {}};
    opened_ = true;
    failing_ = false;
    failures_ = 0;
}

void OpeningLog::failed(const bytes::ParseError& error) {
    ++failures_;
    if (std::exchange(failing_, true)) return;
    next_ = Opening{Opening::State::fails, opened_, error};
}

void OpeningLog::missing(Decryption::Missing what) {
    using Missing = Decryption::Missing;
    if (std::exchange(said_missing_, true)) return;
    switch (what) {
        case Missing::server_hello:
            next_ = Opening{Opening::State::server_hello, {}, {}};
            break;
        case Missing::cipher:
            next_ = Opening{Opening::State::cipher, {}, {}};
            break;
        case Missing::secret:
        case Missing::nothing:  // of the other side only
            next_ = Opening{Opening::State::secret, {}, {}};
            break;
    }
}

}  // namespace rdpdx::tls
