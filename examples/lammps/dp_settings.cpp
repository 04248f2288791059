// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "dp_settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <dp/core/error.hpp>
#include <dp/option_words.hpp>
#include <functional>
#include <map>

namespace dp_lammps {

namespace {

using Words = std::vector<std::string>;

/// The words of a command from the present one on.
class Reader {
 public:
  explicit Reader(Words const& words) : m_words(words) {}

  bool done() const { return m_next == m_words.size(); }
  std::string const& word(std::string const& keyword, std::string const& expected) {
    if (done()) dp::fail("pair_style: ", keyword, ": expected ", expected, ", found the end of the command");
    return m_words[m_next++];
  }
  std::string const* peek() const { return done() ? nullptr : &m_words[m_next]; }
  void skip(std::size_t words) { m_next += words; }

  double number(std::string const& keyword, std::string const& expected) {
    std::string const& text = word(keyword, expected);
    double value = 0.0;
    auto const [end, error] =
        std::from_chars(text.data() + (text[0] == '+'), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      dp::fail("pair_style: ", keyword, ": expected ", expected, ", found ", text);
    return value;
  }
  double number_from(double least, std::string const& keyword, std::string const& expected) {
    double const value = number(keyword, expected);
    if (value < least) dp::fail("pair_style: ", keyword, ": expected ", expected, ", found ", value);
    return value;
  }
  int integer_from(int least, std::string const& keyword, std::string const& expected) {
    double const value = number_from(least, keyword, expected);
    if (value != std::floor(value) || value > 2147483647.0)
      dp::fail("pair_style: ", keyword, ": expected ", expected, ", found ", value);
    return static_cast<int>(value);
  }
  bool choice(std::string const& keyword, std::string const& off, std::string const& on) {
    std::string const& found = word(keyword, off + " or " + on);
    if (found != off && found != on)
      dp::fail("pair_style: ", keyword, ": expected ", off, " or ", on, ", found ", found);
    return found == on;
  }
  /// What the next word means as one of the library's options.
  template <class Enum>
  Enum meaning(std::string const& keyword) {
    return dp::from_word<Enum>(one_of(keyword, dp::words<Enum>()));
  }
  std::string const& one_of(std::string const& keyword, Words const& known) {
    std::string names;
    for (std::size_t k = 0; k < known.size(); ++k)
      names += (k == 0 ? "" : k + 1 < known.size() ? ", " : " or ") + known[k];
    std::string const& found = word(keyword, names);
    if (std::find(known.begin(), known.end(), found) == known.end())
      dp::fail("pair_style: ", keyword, ": expected ", names, ", found ", found);
    return found;
  }

 private:
  Words const& m_words;
  std::size_t m_next = 0;
};

using Keywords = std::map<std::string, std::function<void(Reader&, Settings&)>>;

/// What each keyword takes. `n` are the numbers of frame and atomic parameters.
Keywords keywords(std::size_t fparam, std::size_t aparam) {
  auto const numbers = [](char const* keyword, char const* what, std::size_t n, auto member) {
    return [=](Reader& in, Settings& s) {
      if (n == 0) dp::fail("pair_style: ", keyword, ": the model has no ", what, " parameters");
      (s.*member).clear();
      for (std::size_t k = 0; k < n; ++k)
        (s.*member).push_back(in.number(keyword, std::to_string(n) + (n == 1 ? " number" : " numbers") +
                                                     ", as many as the model has " + what + " parameters"));
    };
  };
  auto const id = [](char const* keyword, char const* what, auto member) {
    return [=](Reader& in, Settings& s) { s.*member = in.word(keyword, std::string("the ID of a ") + what); };
  };
  auto const refuse = [](char const* keyword, char const* why) {
    return [=](Reader&, Settings&) { dp::fail("pair_style: ", keyword, ": ", why); };
  };
  return {
      {"out_freq",
       [](Reader& in, Settings& s) {
         s.out_freq = in.integer_from(0, "out_freq", "a number of steps (0: never)");
       }},
      {"out_file", [](Reader& in, Settings& s) { s.out_file = in.word("out_file", "a file name"); }},
      {"atomic", [](Reader&, Settings& s) { s.atomic = true; }},
      {"relative",
       [](Reader& in, Settings& s) {
         s.relative = in.number_from(0.0, "relative", "a force, zero or more");
       }},
      {"relative_v",
       [](Reader& in, Settings& s) {
         s.relative_v = in.number_from(0.0, "relative_v", "an energy, zero or more");
       }},
      {"fparam", numbers("fparam", "frame", fparam, &Settings::fparam)},
      {"aparam", numbers("aparam", "atomic", aparam, &Settings::aparam)},
      {"fparam_from_compute", id("fparam_from_compute", "compute", &Settings::fparam_compute)},
      {"aparam_from_compute", id("aparam_from_compute", "compute", &Settings::aparam_compute)},
      {"fparam_from_fix",
       [=](Reader& in, Settings& s) {
         s.fparam_fix = in.word("fparam_from_fix", "the ID of a fix");
         s.fparam_index = 0;
         if (in.peek() && !keywords(fparam, aparam).contains(*in.peek()))
           s.fparam_index = in.integer_from(1, "fparam_from_fix", "an index into the fix' vector, from 1 on");
       }},
      {"precision",
       [](Reader& in, Settings& s) { s.options.precision = in.meaning<dp::NetPrecision>("precision"); }},
      {"evaluation",
       [](Reader& in, Settings& s) { s.evaluation = in.meaning<dp::Evaluation>("evaluation"); }},
      {"tolerance",
       [](Reader& in, Settings& s) {
         s.options.tolerance = in.number_from(1e-300, "tolerance", "a positive force error in eV/Angstrom");
         s.own_tolerance = true;
       }},
      {"nearest",
       [](Reader& in, Settings& s) {
         s.options.nearest = dp::nearest_from_words(in.word("nearest", "distances in Angstrom"),
                                                    "pair_style: nearest: expected ");
       }},
      {"overflow",
       [](Reader& in, Settings& s) { s.options.overflow = in.meaning<dp::Overflow>("overflow"); }},
      {"graded", [](Reader& in, Settings& s) { s.options.graded = in.choice("graded", "no", "yes"); }},
      {"reproducible",
       [](Reader& in, Settings& s) { s.options.reproducible = in.choice("reproducible", "no", "yes"); }},
      {"graph", [](Reader& in, Settings& s) { s.options.graph = in.choice("graph", "no", "yes"); }},
      {"long_range",
       [](Reader& in, Settings& s) {
         s.options.long_range_error =
             in.number_from(0.0, "long_range", "a force error in eV/Angstrom (0: the direct sum)");
       }},
      {"short_range", [](Reader&, Settings&) {}},  // see read_options()
      {"tile",
       [](Reader& in, Settings& s) {
         s.options.tile = in.integer_from(0, "tile", "a number of atoms (0: chosen for the device)");
       }},
      {"ttm", refuse("ttm",
                     "not supported; take the electron temperature from a fix or compute by fparam_from_fix "
                     "or aparam_from_compute")},
      {"charge_spin", refuse("charge_spin", "not supported: no model that dp reads has such parameters")},
      {"virtual_len", refuse("virtual_len", "not supported: dp reads no spin models")},
      {"spin_norm", refuse("spin_norm", "not supported: dp reads no spin models")},
  };
}

void at_most_one(std::vector<std::pair<char const*, bool>> const& given) {
  char const* first = nullptr;
  for (auto const& [keyword, is_given] : given) {
    if (is_given && first) dp::fail("pair_style: ", first, " and ", keyword, " exclude each other");
    if (is_given) first = keyword;
  }
}

}  // namespace

dp::Options options_for(dp::Model const& model, Settings const& settings) {
  dp::Options options = settings.options;
  options.evaluation = settings.evaluation.value_or(dp::width(model) >= 32 ? dp::Evaluation::compressed
                                                                           : dp::Evaluation::exact);
  return options;
}

bool is_keyword(std::string const& word) { return keywords(0, 0).contains(word); }

std::vector<std::string> model_files(Words const& words) {
  auto const known = keywords(0, 0);
  auto const end =
      std::find_if(words.begin(), words.end(), [&](auto const& word) { return known.contains(word); });
  if (end == words.begin())
    dp::fail("pair_style: expected a model file, found ",
             words.empty() ? "nothing" : "the keyword " + words[0]);
  return Words(words.begin(), end);
}

dp::ReadOptions read_options(Words const& words) {
  // pair_coeff names the types of files without names: see name_types()
  return {.short_range = std::find(words.begin(), words.end(), "short_range") != words.end(),
          .number_types = true};
}

Settings parse_settings(Words const& words, std::size_t fparam, std::size_t aparam) {
  Settings settings;
  settings.models = model_files(words);
  auto const known = keywords(fparam, aparam);
  Reader in(words);
  in.skip(settings.models.size());
  while (!in.done()) {
    auto const& keyword = in.word("", "");
    auto const found = known.find(keyword);
    if (found == known.end()) {
      std::string names;
      for (auto const& [name, parse] : known) names += " " + name;
      dp::fail("pair_style: expected a keyword, found ", keyword, " (known:", names, ")");
    }
    found->second(in, settings);
  }
  at_most_one({{"fparam", !settings.fparam.empty()},
               {"fparam_from_compute", !settings.fparam_compute.empty()},
               {"fparam_from_fix", !settings.fparam_fix.empty()}});
  at_most_one(
      {{"aparam", !settings.aparam.empty()}, {"aparam_from_compute", !settings.aparam_compute.empty()}});
  return settings;
}

}  // namespace dp_lammps
