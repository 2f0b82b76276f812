"""What the hall sees and hears: boards, window screens, LED cards, voice, notices."""
