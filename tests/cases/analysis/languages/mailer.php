<?php

class Mailer
{
    public function send(array $addresses, string $text): int
    {
        $sent = 0;
        foreach ($addresses as $address) {
            if (!$address || strpos($address, '@') === false) {
                continue;
            }
            $sent += $this->deliver($address, $text) ? 1 : 0;
        }
        return $sent;
    }

    private function deliver($address, $text)
    {
        return mail($address, 'News', $text);
    }
}
