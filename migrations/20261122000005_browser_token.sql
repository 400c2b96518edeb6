-- All members of one browser are found by its secret when it gets a new one.
CREATE INDEX member_browser_token ON member_browser (token_hash);
