"""Who answers: units, people, posts, holders, portfolios, duties, chains."""
